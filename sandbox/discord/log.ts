// Every request that arrived, as tests and the page ask for it.

export interface LoggedFile {
  readonly field: string;
  readonly filename: string;
  readonly size: number;
}

export interface LoggedRequest {
  readonly at: number;
  readonly method: string;
  /** Without `/api/v10` and the query, decoded: `/channels/1/messages`. */
  readonly path: string;
  /** As registered, `/channels/:channel/messages`; null for an unknown one. */
  readonly route: string | null;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON, or the `payload_json` of a multipart request. */
  readonly body: unknown;
  readonly files: readonly LoggedFile[];
  /** What was answered; null while it is under way, and for good when the answer was withheld. */
  status: number | null;
  /** True where a fault that was asked for decided on the answer. */
  byFault: boolean;
  /** True once the server acted on it, also when the answer was withheld. */
  acted: boolean;
  answer: unknown;
  durationMs: number | null;
}

export interface RequestMatch {
  readonly method?: string;
  /** A part of the path, or a pattern. */
  readonly path?: string | RegExp;
  readonly status?: number;
}

export interface RequestLog {
  /** The newest ones, oldest first: at least as many as `startDiscord` was told to keep, at most twice that. */
  readonly all: readonly LoggedRequest[];
  /** How many arrived since the start or the last reset. */
  readonly total: number;
  of(match: RequestMatch): LoggedRequest[];
  /** How many 429 were answered. */
  readonly rateLimited: number;
  /** Answers that count towards Discord's 10,000 invalid requests. */
  readonly invalid: number;
  readonly identifies: number;
  readonly resumes: number;
  clear(): void;
}

export interface WritableLog extends RequestLog {
  add(entry: LoggedRequest): void;
  countRateLimited(): void;
  countGateway(what: 'identify' | 'resume'): void;
}

export function matches(entry: Pick<LoggedRequest, 'method' | 'path' | 'status'>, match: RequestMatch): boolean {
  if (match.method !== undefined && match.method !== entry.method) return false;
  if (match.status !== undefined && match.status !== entry.status) return false;
  if (match.path === undefined) return true;
  return typeof match.path === 'string' ? entry.path.includes(match.path) : match.path.test(entry.path);
}

export function createLog(keep: number, invalid: () => number): WritableLog {
  let entries: LoggedRequest[] = [];
  let counts = { total: 0, rateLimited: 0, identify: 0, resume: 0 };
  return {
    get all() {
      return entries;
    },
    get total() {
      return counts.total;
    },
    of: (match) => entries.filter((entry) => matches(entry, match)),
    get rateLimited() {
      return counts.rateLimited;
    },
    get invalid() {
      return invalid();
    },
    get identifies() {
      return counts.identify;
    },
    get resumes() {
      return counts.resume;
    },
    clear() {
      entries = [];
      counts = { total: 0, rateLimited: 0, identify: 0, resume: 0 };
    },
    add(entry) {
      counts.total += 1;
      entries.push(entry);
      if (entries.length > keep * 2) entries = entries.slice(-keep);
    },
    countRateLimited() {
      counts.rateLimited += 1;
    },
    countGateway(what) {
      counts[what] += 1;
    },
  };
}
