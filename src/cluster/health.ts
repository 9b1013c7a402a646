// Whether the cluster answers, as the last request saw it; said once when it goes away and once when it is back.
import type { Logger } from 'pino';

export interface Health {
  answered(): void;
  away(about: { readonly kind: string; readonly status?: number; readonly err?: unknown }): void;
  state(): 'ready' | 'away';
}

export function createHealth(log: Logger): Health {
  let state: 'ready' | 'away' = 'away';
  let told = false;
  return {
    answered() {
      if (told) log.info('The cluster answers again');
      told = false;
      state = 'ready';
    },
    away(about) {
      if (!told) log.warn(about, 'The cluster is away; it is tried again in the background');
      told = true;
      state = 'away';
    },
    state: () => state,
  };
}
