// Going on while the store fails: said once, loudly, and once more when it works again.
import type { Logger } from 'pino';

export type Attempt<T> = { readonly stored: true; readonly value: T } | { readonly stored: false };

export interface Steady {
  /** Never rejects. */
  attempt<T>(work: () => Promise<T>): Promise<Attempt<T>>;
}

export function createSteady(log: Logger): Steady {
  let failing = false;
  return {
    async attempt(work) {
      try {
        const value = await work();
        if (failing) log.info('The store works again: commands are written down');
        failing = false;
        return { stored: true, value };
      } catch (err) {
        if (!failing) log.error({ err }, 'The store fails: reads are answered without being written down');
        failing = true;
        return { stored: false };
      }
    },
  };
}
