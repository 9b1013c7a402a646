// Image lookup, in the words of those who deploy; the one place where others meet the registry room.

/** Each rejects with a `UserError` that says what is away or refused. */
export interface Registry {
  /** @param image without tag, for example `ghcr.io/acme/shop`. */
  has(image: string, tag: string, signal: AbortSignal): Promise<boolean>;
  /** Tags as the registry lists them, at most 1,000; for autocomplete through a cache. */
  tags(image: string, signal: AbortSignal): Promise<readonly string[]>;
}
