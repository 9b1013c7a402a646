// Remembers which message an author made with which nonce, for `enforce_nonce` (docs: Create Message).

export interface Nonces {
  /** The message made with it within the window, also when it has been deleted since. */
  find(authorId: string, nonce: string | number, now: number): { channelId: string; messageId: string } | undefined;
  remember(authorId: string, nonce: string | number, made: { channelId: string; messageId: string; at: number }): void;
  forget(): void;
}

export function createNonces(windowMs: number): Nonces {
  const made = new Map<string, { channelId: string; messageId: string; at: number }>();
  return {
    find(authorId, nonce, now) {
      const known = made.get(`${authorId} ${nonce}`);
      return known && now - known.at <= windowMs ? known : undefined;
    },
    remember(authorId, nonce, entry) {
      for (const [key, old] of made) {
        if (entry.at - old.at <= windowMs) break;
        made.delete(key);
      }
      made.delete(`${authorId} ${nonce}`);
      made.set(`${authorId} ${nonce}`, entry);
    },
    forget() {
      made.clear();
    },
  };
}
