// One question to a registry, with the permission that it asks for: anonymous where that is enough, REGISTRY_TOKEN where it may go.
import type { Logger } from 'pino';
import type { Image } from '../lib/image.ts';
import { Secret } from '../lib/secret.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { explain, notAllowed, type Offer } from './failures.ts';
import { judgeRealm } from './realm.ts';
import { type Ask, ask, type Outcome } from './requests.ts';
import { createGrants, type Grant, requestToken } from './tokens.ts';

export type Answer = Extract<Outcome, { kind: 'answered' }>;

export interface Question extends Pick<Ask, 'method' | 'accept' | 'bytes'> {
  /** Below `/v2/<repository>/`, with the query. */
  readonly path: string;
}

export interface Session {
  /** Rejects with a `UserError`, or the signal's reason. What it resolves to is neither 401, 403, 429 nor 5xx. */
  ask(image: Image, question: Question, signal: AbortSignal): Promise<Answer>;
}

export interface SessionOptions {
  readonly credentials: Credentials | null;
  readonly log: Logger;
  readonly now: () => Date;
  /** Of each request. */
  readonly timeoutMs: number;
}

const mostRedirects = 3;
const mostRemembered = 1000;

/** A way to be let in, tried in turn. */
type Way = () => Promise<Grant | null>;

export function createSession({ credentials, log, now, timeoutMs }: SessionOptions): Session {
  const grants = createGrants(() => now().getTime());
  /** Repositories that were not shown to the anonymous: there the token is tried first. */
  const guarded = new Set<string>();

  async function send(image: Image, question: Question, grant: Grant | null, signal: AbortSignal): Promise<Answer> {
    const url = new URL(`/v2/${image.repository}/${question.path}`, originOf(image));
    const { method, accept, bytes } = question;
    const authorization = grant?.authorization.reveal() ?? null;
    const request: Ask = { url, method, accept, bytes, authorization, redirects: mostRedirects };
    const outcome = await ask(request, timeoutMs, signal);
    if (outcome.kind !== 'answered' || outcome.status === 429 || outcome.status >= 500)
      throw explain(outcome, image.registry);
    return outcome;
  }

  /** Anonymous first: a token that is not needed is not shown, and one that has expired keeps nobody from a public image. */
  function ways(image: Image, challenge: Challenge, signal: AbortSignal): { ways: Way[]; offer: Offer } {
    const mine = credentials?.belongsTo(image) ? credentials : null;
    const without: Offer = credentials === null ? 'none' : 'elsewhere';
    if (challenge.kind === 'basic') {
      if (mine === null) return { ways: [], offer: without };
      return { ways: [async () => basicGrant(mine, now())], offer: 'refused' };
    }
    const realm = judgeRealm(originOf(image), challenge.realm);
    if (realm.kind === 'refused') throw notAllowed(image, 'withheld', realm.reason);
    const token = (given: Credentials | null) =>
      requestToken({ image, url: realm.url, challenge, credentials: given, now: now().getTime(), timeoutMs }, signal);
    const anonymous: Way = () => token(null);
    if (mine === null) return { ways: [anonymous], offer: without };
    if (realm.kind === 'foreign') {
      log.debug({ registry: image.registry, host: realm.url.host }, 'A registry names a foreign token server');
      return { ways: [anonymous], offer: 'withheld' };
    }
    const known: Way = () => token(mine);
    return { ways: guarded.has(image.name) ? [known, anonymous] : [anonymous, known], offer: 'refused' };
  }

  return {
    async ask(image, question, signal) {
      const held = grants.of(image);
      const first = await send(image, question, held, signal);
      if (!isRefusal(first)) return first;
      grants.forget(image);
      // GHCR answers a bearer that it no longer takes with 403 and without a challenge.
      const bare = held === null ? first : await send(image, question, null, signal);
      if (!isRefusal(bare)) return bare;
      const challenge = parseChallenge(bare.headers.get('www-authenticate'));
      if (challenge === null) throw notAllowed(image, 'unasked');
      const open = ways(image, challenge, signal);
      for (const [index, way] of open.ways.entries()) {
        const grant = await way();
        const answer = grant === null ? null : await send(image, question, grant, signal);
        if (grant === null || answer === null || isRefusal(answer)) continue;
        grants.keep(image, grant);
        if (index > 0 && guarded.size < mostRemembered) guarded.add(image.name);
        return answer;
      }
      throw notAllowed(image, open.offer);
    },
  };
}

function originOf({ scheme, registry }: Image): URL {
  return new URL(`${scheme}://${registry}`);
}

function basicGrant(credentials: Credentials, now: Date): Grant {
  return { authorization: new Secret(credentials.basic()), until: now.getTime() + 3600_000 };
}

function isRefusal({ status }: Answer): boolean {
  return status === 401 || status === 403;
}
