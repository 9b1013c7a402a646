// What a test can make go wrong with the next requests.

/** `times` 1 by default. */
export interface FaultMatch {
  readonly method?: string;
  /** A part of path and query, or a pattern. */
  readonly path?: string | RegExp;
  readonly verb?: string;
  readonly times?: number;
}

/** "Drop" resets the connection, before or after the request had its effect; "hang" never answers. */
export type Fault =
  | { readonly status: number }
  | { readonly delayMs: number }
  | 'drop before acting'
  | 'drop after acting'
  | 'hang';

export interface FaultQueue {
  next(match: FaultMatch, fault: Fault): void;
  clear(): void;
}

export interface TakingFaultQueue extends FaultQueue {
  /** The fault for this request, used up by it. */
  take(request: { readonly method: string; readonly path: string; readonly verb: string }): Fault | undefined;
}

export function createFaultQueue(): TakingFaultQueue {
  let queue: { match: FaultMatch; fault: Fault; left: number }[] = [];
  return {
    next(match, fault) {
      queue.push({ match, fault, left: match.times ?? 1 });
    },
    clear() {
      queue = [];
    },
    take(request) {
      const found = queue.find(({ match }) => fits(match, request));
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) queue = queue.filter((one) => one !== found);
      return found.fault;
    },
  };
}

function fits(
  match: FaultMatch,
  request: { readonly method: string; readonly path: string; readonly verb: string },
): boolean {
  if (match.method !== undefined && match.method !== request.method) return false;
  if (match.verb !== undefined && match.verb !== request.verb) return false;
  if (match.path === undefined) return true;
  return typeof match.path === 'string' ? request.path.includes(match.path) : match.path.test(request.path);
}
