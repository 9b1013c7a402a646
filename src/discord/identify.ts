// Keeps within Discord's budget of IDENTIFYs: over 1,000 in a day it ends all sessions and resets the token.
import type { ClientOptions } from 'discord.js';
import type { Logger } from 'pino';
import { pause } from '../lib/pause.ts';

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

/** What is known when a session wants to sign in; times in milliseconds. */
export interface SignIns {
  readonly lastAt: number;
  /** Sign-ins that each followed soon upon the one before. */
  readonly inRow: number;
  /** As Discord said, less those since. */
  readonly left: number;
  readonly renewedAt: number;
}

/**
 * Milliseconds to wait before an IDENTIFY: 5 s since the last, doubling up to 5 minutes while sessions do not hold, and until
 * the budget is renewed once nothing is left of it. Pure.
 */
export function waitBefore({ lastAt, inRow, left, renewedAt }: SignIns, now: number): number {
  const gap = Math.min(longestSpacing, spacing * 2 ** Math.max(0, inRow - 1));
  const spaced = Math.max(0, lastAt + gap - now);
  return left > 0 ? spaced : Math.max(spaced, renewedAt - now);
}

/** Counts a sign-in. Pure. */
export function signedIn(before: SignIns, now: number): SignIns {
  const soon = now - before.lastAt <= steadyAfter + longestSpacing;
  return { ...before, lastAt: now, inRow: soon ? before.inRow + 1 : 1, left: before.left - 1 };
}

export function createIdentifyBudget(options: { log: Logger; now: () => Date; signal: AbortSignal }): IdentifyBudget {
  const { log, signal } = options;
  const now = (): number => options.now().getTime();
  let known: SignIns = { lastAt: Number.NEGATIVE_INFINITY, inRow: 0, left: Number.POSITIVE_INFINITY, renewedAt: 0 };
  let told: object | null = null;

  return {
    build: (manager) => ({
      async waitForIdentify(_shard, aborted) {
        const ends = AbortSignal.any([signal, aborted]);
        // Kept by discord.js since it connected; asked for again when the budget has been renewed.
        const limit = await manager.fetchGatewayInformation().then(
          (information) => information.session_start_limit,
          () => null,
        );
        if (limit !== null && limit !== told) {
          told = limit;
          known = { ...known, left: limit.remaining, renewedAt: now() + limit.reset_after };
        }
        const wait = waitBefore(known, now());
        if (wait > spacing)
          log.warn({ waitMs: wait, left: known.left }, 'Sessions with Discord do not hold: waiting longer');
        await pause(wait, ends);
        if (ends.aborted) throw new Error('No longer wanted');
        known = signedIn(known, now());
      },
    }),
  };
}
