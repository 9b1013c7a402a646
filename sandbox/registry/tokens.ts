// Who may pull what: the token server beside the registry, and the bearers that it gave out.
// https://distribution.github.io/distribution/spec/auth/token/
import { randomUUID } from 'node:crypto';
import { type Answer, answerJson, refusal } from './answer.ts';
import { errorOf } from './errors.ts';
import type { Store } from './store.ts';

export interface Tokens {
  /** `GET /token`. */
  issue(query: URLSearchParams, authorization: string | undefined): Answer;
  /** Whether this header lets its bearer pull the repository; undefined is a request without one. */
  mayPull(authorization: string | undefined, repository: string): 'yes' | 'unknown' | 'denied';
  /** Whether it holds any bearer at all. */
  holds(authorization: string | undefined): boolean;
  /** Ends every bearer before its time. */
  revoke(): void;
}

export interface TokenOptions {
  readonly store: Store;
  /** What people log in with: any user name, and this. */
  readonly password: string;
  readonly seconds: number;
  readonly now: () => Date;
}

interface Bearer {
  readonly repositories: readonly string[];
  readonly until: number;
}

export function createTokens({ store, password, seconds, now }: TokenOptions): Tokens {
  const bearers = new Map<string, Bearer>();

  function bearerOf(authorization: string | undefined): Bearer | null {
    const [, token = ''] = /^bearer (.+)$/i.exec(authorization ?? '') ?? [];
    const bearer = bearers.get(token);
    return bearer !== undefined && bearer.until > now().getTime() ? bearer : null;
  }

  return {
    issue(query, authorization) {
      const known = authorization === undefined ? null : passwordOf(authorization) === password;
      if (known === false) return refusal(errorOf('denied', 'denied'));
      const wanted = query.getAll('scope').flatMap((scope) => scope.split(' '));
      const repositories = wanted.flatMap((scope) => /^repository:([^:]+):(?:.+,)?pull(?:,|$)/.exec(scope)?.[1] ?? []);
      // GHCR tells the anonymous nothing about what is not public, not even whether it is there.
      const closed = repositories.some((name) => store.find(name)?.access !== 'public');
      if (known === null && closed) return refusal(errorOf('unauthorized'));
      const token = `sandbox-${randomUUID()}`;
      bearers.set(token, { repositories, until: now().getTime() + seconds * 1000 });
      return answerJson(200, { token, expires_in: seconds, issued_at: now().toISOString() });
    },
    mayPull(authorization, repository) {
      if (authorization === undefined) return 'unknown';
      return bearerOf(authorization)?.repositories.includes(repository) ? 'yes' : 'denied';
    },
    holds: (authorization) => bearerOf(authorization) !== null,
    revoke: () => bearers.clear(),
  };
}

function passwordOf(authorization: string): string | null {
  const [, encoded] = /^basic ([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, 'base64').toString();
  return pair.indexOf(':') > 0 ? pair.slice(pair.indexOf(':') + 1) : null;
}
