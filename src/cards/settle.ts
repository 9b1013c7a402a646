// What one delivery means for its lane, and for what is known of the card.
import type { Logger } from 'pino';
import type { CardRecord } from './card.ts';
import { type Delivery, type FailedOutcome, postponement } from './deliver.ts';
import type { Doubts } from './doubts.ts';
import { backOff, type Lane, noteSent } from './lane.ts';
import type { Lanes } from './lanes.ts';
import { tellFailed, tellRefused, tellShown } from './tell.ts';
import type { Unwritten } from './unwritten.ts';

export interface PublisherEvents {
  /** A creation or edit succeeded; `lagMs` since it was wanted. */
  readonly delivered: (step: 'create' | 'edit', lagMs: number) => void;
  /** An attempt failed, by the name of its outcome. */
  readonly failed: (outcome: FailedOutcome) => void;
}

export interface SettleOptions {
  readonly unwritten: Pick<Unwritten, 'get' | 'startOver'>;
  readonly doubts: Pick<Doubts, 'settle'>;
  /** Ids of cards whose creation is begun in the ledger, and known not to have left this process. */
  readonly unsent: Pick<Set<string>, 'add'>;
  readonly lanes: Pick<Lanes, 'of' | 'run'>;
  /** No request of any channel before this time. */
  readonly pause: (until: number) => void;
  readonly events: PublisherEvents;
  /** Milliseconds since 1970. */
  readonly tellTime: () => number;
  readonly log: Logger;
}

/** A token that Discord refused is tried again after this; each try with a wrong token counts against the bot's address. */
const tokenPauseMs = 5 * 60_000;

/** Draws the consequences of one delivery. */
export function createSettle(options: SettleOptions): (lane: Lane, record: CardRecord, delivery: Delivery) => void {
  const { unwritten, doubts, unsent, lanes, log, tellTime } = options;

  function settle(lane: Lane, record: CardRecord, delivery: Delivery): void {
    if (delivery.kind === 'done' || delivery.kind === 'removed') {
      doubts.settle(record.id);
      if (delivery.kind === 'removed') lane.failures = 0;
      return;
    }
    const time = tellTime();
    noteSent(lane, delivery, time);
    if (delivery.kind === 'shown') {
      lane.failures = 0;
      lane.refusing = false;
      options.events.delivered(delivery.step, time - record.wantedAt);
      tellShown(log, record, delivery, time - record.wantedAt);
      return;
    }
    options.events.failed(delivery.outcome);
    tellFailed(log, lane, record, delivery);
    if (delivery.unsent) {
      unsent.add(record.id);
      doubts.settle(record.id);
    }
    switch (delivery.kind) {
      case 'again':
        unwritten.startOver(record.id);
        return;
      case 'slow down':
        if (delivery.of === 'create') lane.createAfter = delivery.at;
        else lane.editAfter = delivery.at;
        return;
      case 'token refused':
        options.pause(time + tokenPauseMs);
        return;
      case 'away':
        backOff(lane, time);
        return;
      case 'postponed':
        if (unwritten.get(record.id) !== undefined) backOff(lane, time);
        return;
      case 'channel refused':
        refused(lane, record, delivery);
    }
  }

  function refused(lane: Lane, record: CardRecord, delivery: Extract<Delivery, { kind: 'channel refused' }>): void {
    const { to } = delivery;
    if (!lane.refusing) tellRefused(log, record, delivery);
    lane.refusing = true;
    if (to === null) {
      lane.after = tellTime() + postponement(lane.failures);
      lane.failures += 1;
      return;
    }
    unwritten.startOver(record.id, { channelId: to, refusedChannelId: lane.channelId });
    lanes.run(lanes.of(to));
  }

  return settle;
}
