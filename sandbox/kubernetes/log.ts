// Every request that arrived, with who made it and as whom: the audit log of this server.

export interface LoggedUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface LoggedRequest {
  readonly at: Date;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** get, list, watch, create … */
  readonly verb: string;
  /** `<group>/<resource>`, `<resource>` in the core group, empty for a path. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly userAgent: string;
  /** Null until authenticated, and for good when that failed. */
  user: LoggedUser | null;
  impersonated: LoggedUser | null;
  /** Null while it is under way, and for good when no answer was given. */
  status: number | null;
}

export interface RequestLog {
  /** The newest ones, oldest first. */
  readonly all: readonly LoggedRequest[];
  add(entry: LoggedRequest): void;
  clear(): void;
}

const kept = 10_000;

export function createRequestLog(): RequestLog {
  let all: LoggedRequest[] = [];
  return {
    get all() {
      return all;
    },
    add(entry) {
      all.push(entry);
      if (all.length > 2 * kept) all = all.slice(-kept);
    },
    clear() {
      all = [];
    },
  };
}
