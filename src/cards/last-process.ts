// What the process before may have used up of Discord's limits, which count on while the bot is started anew.
import type { Doubts } from './doubts.ts';
import { channelLimit } from './lane.ts';
import type { Ledger } from './ledger.ts';

/** So many changes of it count as a channel's limit used up: the ledger does not know requests that came to nothing, and of several about one card knows the last. */
const busy = 2;

/**
 * Channels to be left alone until the window of their limit is over, and until when (milliseconds since 1970). Also those in which something waits that was not begun:
 * for the limit, or for a store that took nothing, in which case what was sent is not known.
 */
export async function usedUpChannels(
  ledger: Pick<Ledger, 'activity' | 'channelsWithWork'>,
  doubts: Pick<Doubts, 'writeDown'>,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const until = new Map<string, number>();
  const recent = await ledger.activity(now - channelLimit.perMs);
  for (const [channelId, activity] of Map.groupBy(recent, (one) => one.channelId)) {
    const newest = activity.at(-1);
    // What seems to lie ahead was written before the clock was set back.
    if (newest !== undefined && activity.length >= busy)
      until.set(channelId, Math.min(newest.at, now) + channelLimit.perMs);
  }
  const doubtful = (await doubts.writeDown()) ?? (await ledger.channelsWithWork());
  for (const channelId of doubtful) until.set(channelId, now + channelLimit.perMs);
  return until;
}
