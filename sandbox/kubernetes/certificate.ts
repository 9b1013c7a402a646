// A certificate for 127.0.0.1, given by whoever starts the server.

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}
