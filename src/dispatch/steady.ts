// Going on while the store takes no writes: said once, loudly, and once more when it works again.
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
        if (failing) log.info('The store takes writes again: commands are written down');
        failing = false;
        return { stored: true, value };
      } catch (err) {
        if (!failing)
          log.error({ err }, 'The store takes no writes: what only reads is answered without being written down');
        failing = true;
        return { stored: false };
      }
    },
  };
}
