// Bearer tokens by the Docker token protocol, kept until they run out.
// https://distribution.github.io/distribution/spec/auth/token/
import type { Image } from '../lib/image.ts';
import { Secret } from '../lib/secret.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { explain, unreadable } from './failures.ts';
import { ask, parsed } from './requests.ts';
import { TokenAnswer } from './schema.ts';

/** What is presented to a registry for one repository. */
export interface Grant {
  /** Value of the header Authorization. */
  readonly authorization: Secret;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface Grants {
  of(image: Image): Grant | null;
  keep(image: Image, grant: Grant): void;
  forget(image: Image): void;
}

const mostKept = 200;
const answerBytes = 256 * 1024;

/** By the protocol, where a token server names no time. */
const usualSeconds = 60;
const longestSeconds = 3600;

/** A token is not used in its last seconds, which it would spend on the way. */
const marginSeconds = 5;

/** @param now in milliseconds. */
export function createGrants(now: () => number): Grants {
  const kept = new Map<string, Grant>();
  const keyOf = ({ registry, repository }: Image) => `${registry}/${repository}`;
  return {
    of(image) {
      const grant = kept.get(keyOf(image));
      if (grant === undefined || grant.until > now()) return grant ?? null;
      kept.delete(keyOf(image));
      return null;
    },
    keep(image, grant) {
      const [oldest] = kept.keys();
      if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
      kept.set(keyOf(image), grant);
    },
    forget: (image) => void kept.delete(keyOf(image)),
  };
}

export interface TokenRequest {
  readonly image: Image;
  /** Of the token server. */
  readonly url: URL;
  readonly challenge: Extract<Challenge, { kind: 'bearer' }>;
  /** Null: as anybody may. */
  readonly credentials: Credentials | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly timeoutMs: number;
}

/**
 * Asks for a token that may pull this one repository, whatever scope the registry proposed.
 * @returns null where that was refused. Rejects with a `UserError` where the token server is away or no token server.
 */
export async function requestToken(request: TokenRequest, signal: AbortSignal): Promise<Grant | null> {
  const url = new URL(request.url);
  if (request.challenge.service !== null) url.searchParams.set('service', request.challenge.service);
  url.searchParams.set('scope', `repository:${request.image.repository}:pull`);
  const authorization = request.credentials?.basic() ?? null;
  const outcome = await ask(
    { url, method: 'GET', accept: 'application/json', authorization, bytes: answerBytes, redirects: 0 },
    request.timeoutMs,
    signal,
  );
  if (outcome.kind !== 'answered' || outcome.status === 429 || outcome.status >= 500) throw explain(outcome, url.host);
  // 401 or 403 for most, 400 for some; which one tells nothing more.
  if (outcome.status >= 400) return null;
  const answer = TokenAnswer.safeParse(parsed(outcome.text));
  if (!answer.success) throw unreadable(url.host, outcome.status);
  const { token, seconds = usualSeconds } = answer.data;
  const kept = Math.min(seconds, longestSeconds) - marginSeconds;
  return { authorization: new Secret(`Bearer ${token}`), until: request.now + Math.max(0, kept) * 1000 };
}
