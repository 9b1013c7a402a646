// Room in memory, or for work that takes much of it: a fixed number of bytes, handed out in the order in which it was asked for.

export interface Room {
  /** Takes `bytes`, waiting its turn for up to `ms`; false where there was none in time or `signal` was aborted. Never more than all there is. */
  take(bytes: number, ms: number, signal?: AbortSignal): Promise<boolean>;
  give(bytes: number): void;
  /** Bytes taken now. */
  taken(): number;
}

interface Waiter {
  readonly bytes: number;
  /** Call once, with whether the bytes were taken. */
  readonly settle: (got: boolean) => void;
}

export function createRoom(size: number): Room {
  let free = size;
  const waiting = new Set<Waiter>();

  function serve(): void {
    for (const waiter of waiting) {
      if (waiter.bytes > free) return;
      free -= waiter.bytes;
      waiter.settle(true);
    }
  }

  return {
    take(bytes, ms, signal) {
      if (signal?.aborted) return Promise.resolve(false);
      if (waiting.size === 0 && bytes <= free) {
        free -= bytes;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const giveUp = () => {
          waiter.settle(false);
          // Whoever stood behind it may need less.
          serve();
        };
        const timer = setTimeout(giveUp, ms);
        const waiter: Waiter = {
          bytes,
          settle(got) {
            clearTimeout(timer);
            signal?.removeEventListener('abort', giveUp);
            waiting.delete(waiter);
            resolve(got);
          },
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        waiting.add(waiter);
      });
    },
    give(bytes) {
      free += bytes;
      serve();
    },
    taken: () => size - free,
  };
}
