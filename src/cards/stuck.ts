// Cards of the ledger that lead to nothing while the store fails: others go first for a while.

export interface Stuck {
  /** False where so many are stuck already that none can be told from the others. */
  add(cardId: string, time: number): boolean;
  ids(time: number): readonly string[];
  clear(): void;
}

/** In milliseconds. */
const aloneMs = 30_000;

const most = 1000;

/** Times are milliseconds since 1970. */
export function createStuck(): Stuck {
  const until = new Map<string, number>();
  return {
    add(cardId, time) {
      if (until.size >= most) return false;
      until.set(cardId, time + aloneMs);
      return true;
    },
    ids(time) {
      // The clock may be set back.
      for (const [id, at] of until) if (at <= time || at > time + aloneMs) until.delete(id);
      return [...until.keys()];
    },
    clear: () => until.clear(),
  };
}
