// What a test can make go wrong with the next requests.

/** `times` 1 by default. */
export interface FaultMatch {
  readonly method?: string;
  /** A part of path and query, or a pattern. */
  readonly path?: string | RegExp;
  readonly times?: number;
}

/** "Drop" resets the connection, "hang" never answers, "endless" is an answer of 200 that never ends. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly delayMs: number }
  | 'drop'
  | 'hang'
  | 'endless';

export interface FaultQueue {
  next(match: FaultMatch, fault: Fault): void;
  clear(): void;
}

export interface TakingFaultQueue extends FaultQueue {
  /** The fault for this request, used up by it. */
  take(request: { readonly method: string; readonly path: string }): Fault | undefined;
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
    take({ method, path }) {
      const found = queue.find(({ match }) => {
        if (match.method !== undefined && match.method !== method) return false;
        if (match.path === undefined) return true;
        return typeof match.path === 'string' ? path.includes(match.path) : match.path.test(path);
      });
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) queue = queue.filter((one) => one !== found);
      return found.fault;
    },
  };
}
