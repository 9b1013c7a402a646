// What a test can make go wrong with the next requests.
import { matches } from './log.ts';

/** `times` 1 by default. */
export interface FaultMatch {
  readonly method?: string;
  /** A part of the path, or a pattern. */
  readonly path?: string | RegExp;
  readonly times?: number;
}

/**
 * `status` answers instead of acting; `rateLimit` likewise, with Discord's 429 of that kind. `delayMs` waits, then acts.
 * "drop" resets the connection, "hang" never answers; "after acting" does so once the request has had its effect.
 */
export type Fault =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly rateLimit: 'route' | 'global' | 'shared' | 'cloudflare'; readonly retryAfterMs: number }
  | { readonly delayMs: number }
  | 'drop before acting'
  | 'drop after acting'
  | 'hang'
  | 'hang after acting';

export interface FaultQueue {
  next(match: FaultMatch, fault: Fault): void;
  clear(): void;
  /** The fault for this request, used up by it. */
  take(request: { method: string; path: string }): Fault | undefined;
}

export function createFaultQueue(): FaultQueue {
  let queue: { match: FaultMatch; fault: Fault; left: number }[] = [];
  return {
    next(match, fault) {
      queue.push({ match, fault, left: match.times ?? 1 });
    },
    clear() {
      queue = [];
    },
    take({ method, path }) {
      const found = queue.find(({ match }) => matches({ method, path, status: null }, withoutTimes(match)));
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) queue = queue.filter((one) => one !== found);
      return found.fault;
    },
  };
}

function withoutTimes({ times: _, ...match }: FaultMatch) {
  return match;
}
