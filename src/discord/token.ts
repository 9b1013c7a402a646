// What is known of the bot's token: whether Discord refused it, said once, and when it is worth trying again.
import type { Logger } from 'pino';
import { pause } from '../lib/pause.ts';

export interface TokenGate {
  /** Discord answered 401 or closed with 4004. Logs the first time after it was accepted. */
  refused(): void;
  accepted(): void;
  /** Time of the next try, or null while the token is not known to be refused. */
  closedUntil(): Date | null;
  /** Resolves once a try is due, or at once when another one got through; also when `signal` aborts. */
  whenOpen(signal: AbortSignal): Promise<void>;
}

/** @param retryMs between two tries of a refused token; each counts as an invalid request at Discord. */
export function createTokenGate(options: { log: Logger; now: () => Date; retryMs: number }): TokenGate {
  const { log, now, retryMs } = options;
  let refusedAt: number | null = null;
  let reopened = new AbortController();

  function closedUntil(): Date | null {
    if (refusedAt === null) return null;
    const until = refusedAt + retryMs;
    return until > now().getTime() ? new Date(until) : null;
  }

  return {
    refused() {
      if (refusedAt === null) {
        log.error('Discord refuses the bot token: make a new one in the developer portal and set DISCORD_TOKEN to it');
      }
      refusedAt = now().getTime();
    },
    accepted() {
      if (refusedAt === null) return;
      log.info('Discord takes the bot token again');
      refusedAt = null;
      reopened.abort();
      reopened = new AbortController();
    },
    closedUntil,
    async whenOpen(signal) {
      for (let until = closedUntil(); until !== null && !signal.aborted; until = closedUntil()) {
        await pause(until.getTime() - now().getTime(), AbortSignal.any([signal, reopened.signal]));
      }
    },
  };
}
