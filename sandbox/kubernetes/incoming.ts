// A request as it arrived, read and taken apart.
import type { RequestInfo } from './request-info.ts';

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly info: RequestInfo;
  readonly body: Buffer;
}

/** An answer that is complete at once. */
export interface Reply {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}
