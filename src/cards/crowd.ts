// What is done about many cards of one channel at once: folding what it cannot show in time, and one read of it for all that may have a message.
import type { Logger } from 'pino';
import type { Channels } from './channels.ts';
import type { Lane } from './lane.ts';
import type { Ledger } from './ledger.ts';

export interface Crowd {
  /** Where more wait than the channel takes, all but the most urgent fold into its digest. Looked at some times a second at most. */
  fold(lane: Lane, time: number): Promise<void>;
  /** One read of the channel for many cards that may have a message. False where they are few or it fails: each is looked for by itself. */
  lookAround(lane: Lane): Promise<boolean>;
}

/** Between two looks whether more waits than the channel takes, in milliseconds. */
const foldMs = 200;

/** So many are worth a look at the whole channel. */
const fewUnseen = 3;

export function createCrowd(options: {
  readonly ledger: Pick<Ledger, 'fold' | 'unseen' | 'seen'>;
  readonly channels: Pick<Channels, 'readBack'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): Crowd {
  const { ledger, channels, log, signal } = options;

  async function lookAround(lane: Lane): Promise<boolean> {
    const { count, since } = await ledger.unseen(lane.channelId);
    const covers = lane.seen !== null && lane.seen.since <= since;
    if (count === 0 || (count < fewUnseen && !covers)) return false;
    if (!covers) {
      const read = await channels.readBack(lane.channelId, new Date(since), signal);
      if (read.kind !== 'read') return false;
      lane.seen = { since, messages: read.messages };
    }
    if (lane.seen === null) return false;
    try {
      await ledger.seen(lane.channelId, lane.seen.since, lane.seen.messages);
      return true;
    } catch (err) {
      // What is written down already is shown although the store takes nothing now.
      log.debug(
        { err, channel: lane.channelId },
        'What a channel holds could not be written down: each card is looked for',
      );
      return false;
    }
  }

  return {
    lookAround,
    async fold(lane, time) {
      if (lane.foldAfter > time) return;
      lane.foldAfter = time + foldMs;
      // What may have a message does not fold unseen.
      await lookAround(lane);
      try {
        const folded = await ledger.fold(lane.channelId, time);
        if (folded === 0) return;
        log.info({ channel: lane.channelId, folded }, 'Alerts fold into a digest: more wait than the channel takes');
      } catch (err) {
        log.debug(
          { err, channel: lane.channelId },
          'Alerts could not be folded: they are shown one by one until the store works',
        );
      }
    },
  };
}
