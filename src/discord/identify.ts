// Keeps within Discord's budget of IDENTIFYs: over 1,000 in a day it ends all sessions and resets the token.
import type { ClientOptions } from 'discord.js';
import type { Logger } from 'pino';
import { pause } from './pause.ts';

type BuildThrottler = NonNullable<NonNullable<ClientOptions['ws']>['buildIdentifyThrottler']>;

export interface IdentifyBudget {
  /** For discord.js; keeps count over all sessions of this process. */
  readonly build: BuildThrottler;
}

/** One IDENTIFY in five seconds (docs, events/gateway#rate-limiting), and some for clocks. */
const spacing = 5_200;
/** At this pace a day takes 288. */
const longestSpacing = 5 * 60_000;
/** A session that held this long ended for a reason of its own. */
const steadyAfter = 60_000;

/**
 * Waits before each IDENTIFY: 5 s since the last, doubling up to 5 minutes while sessions do not hold, and until the budget is
 * renewed once Discord has said that nothing is left of it.
 */
export function createIdentifyBudget(options: { log: Logger; now: () => Date; signal: AbortSignal }): IdentifyBudget {
  const { log, signal } = options;
  const now = (): number => options.now().getTime();
  let lastAt = Number.NEGATIVE_INFINITY;
  let inRow = 0;
  let told: object | null = null;
  let left = Number.POSITIVE_INFINITY;
  let renewedAt = 0;

  return {
    build: (manager) => ({
      async waitForIdentify(_shard, aborted) {
        const ends = AbortSignal.any([signal, aborted]);
        const limit = (await manager.fetchGatewayInformation()).session_start_limit;
        if (limit !== told) {
          told = limit;
          left = limit.remaining;
          renewedAt = now() + limit.reset_after;
        }
        if (now() - lastAt > steadyAfter + longestSpacing) inRow = 0;
        const gap = Math.min(longestSpacing, spacing * 2 ** Math.max(0, inRow - 1));
        if (left <= 0 && renewedAt > now()) {
          log.warn({ until: new Date(renewedAt) }, 'The day’s sign-ins at Discord are used up: waiting for new ones');
          await pause(renewedAt - now(), ends);
        } else if (lastAt + gap > now()) {
          await pause(lastAt + gap - now(), ends);
        }
        if (ends.aborted) throw new Error('No longer wanted');
        inRow = now() - lastAt > steadyAfter ? 1 : inRow + 1;
        lastAt = now();
        left -= 1;
      },
    }),
  };
}
