// Going on while the store takes no writes, which it says itself: what that means for commands is said once, and once more when it works again.
import type { Logger } from 'pino';

export type Attempt<T> = { readonly stored: true; readonly value: T } | { readonly stored: false };

export interface Steady {
  /** Tries a write; never rejects. */
  attempt<T>(work: () => Promise<T>): Promise<Attempt<T>>;
}

export function createSteady(log: Logger): Steady {
  let failing = false;
  return {
    async attempt(work) {
      try {
        const value = await work();
        if (failing) log.info('Commands are written down again');
        failing = false;
        return { stored: true, value };
      } catch (err) {
        if (!failing) log.warn({ err }, 'Commands cannot be written down: what only reads is answered all the same');
        failing = true;
        return { stored: false };
      }
    },
  };
}
