// One channel's lane: one request at a time, and no sooner than Discord allows.
import { backoff } from '../lib/backoff.ts';
import type { BegunCard } from './card.ts';

export interface Lane {
  readonly channelId: string;
  running: Promise<void> | null;
  timer: NodeJS.Timeout | null;
  /** The card whose creation is promised to begin as soon as its transaction is durable. */
  reserved: string | null;
  /** The one whose creation may begin without a look into the ledger; null once that was looked at. */
  handed: BegunCard | null;
  /** Something may have come since the last look. */
  woken: boolean;
  /** No request of this kind before these times (milliseconds since 1970), as Discord asked. */
  createAfter: number;
  editAfter: number;
  /** No request at all before this: Discord cannot be reached, or the channel refuses. */
  after: number;
  /** In a row, for the backoff. */
  failures: number;
  /** Whether cards fold is not looked at before this. */
  foldAfter: number;
  /** What was in the channel when it was last read back, and since when; null where that is not known (any more). */
  seen: { readonly since: number; readonly messages: ReadonlyMap<string, string> } | null;
  /** The channel refused the last request; told once. */
  refusing: boolean;
}

export function createLane(channelId: string): Lane {
  return {
    channelId,
    running: null,
    timer: null,
    reserved: null,
    handed: null,
    woken: false,
    createAfter: 0,
    editAfter: 0,
    after: 0,
    failures: 0,
    foldAfter: 0,
    seen: null,
    refusing: false,
  };
}

/** Whether a creation could begin at once. */
export function isIdle(lane: Lane, now: number): boolean {
  return (
    lane.reserved === null &&
    lane.running === null &&
    lane.timer === null &&
    Math.max(lane.after, lane.createAfter) <= now
  );
}

/** Nothing is tried for a while, longer after each failure in a row. */
export function backOff(lane: Lane, now: number): void {
  lane.failures += 1;
  lane.after = now + backoff({ first: 500, longest: 30_000 }, lane.failures, Math.random);
}
