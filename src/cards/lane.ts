// One channel's lane: one request at a time, and no sooner than Discord allows.
import { backoff } from '../lib/backoff.ts';
import type { BegunCard } from './card.ts';
import type { Delivery } from './deliver.ts';

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
  /** When the last ones of each kind were seen to end, the oldest first; times as above. */
  readonly sent: { readonly create: number[]; readonly edit: number[] };
  /** No request at all before this: Discord cannot be reached, or the channel refuses. */
  after: number;
  /** In a row, for the backoff. */
  failures: number;
  /** Whether cards fold is not looked at before this. */
  foldAfter: number;
  /** What was in the channel when it was last read back, and since when; null where that is not known (any more). */
  seen: { readonly since: number; readonly messages: ReadonlyMap<string, string> } | null;
  /** The last step led to nothing, as where the store takes nothing: what is in memory has its turn. */
  stumbled: boolean;
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
    sent: { create: [], edit: [] },
    after: 0,
    failures: 0,
    foldAfter: 0,
    seen: null,
    stumbled: false,
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

/** What Discord is known to take of creations, and of edits, in one channel. It tells so in the headers of its answers. */
export const channelLimit = { requests: 5, perMs: 5_000 } as const;

/** So many requests of each limit are left to the processes that may follow this one at once, where the ledger cannot tell them what this one sent. */
const spared = 2;

/**
 * When the lane may create, and edit, again: milliseconds since 1970, not later than now where it may.
 * @param sparing The ledger does not know all that was sent: some of the limits is left to a process that follows at once, and is told more by the first answer it gets.
 */
export function freeAt(lane: Lane, sparing: boolean): { readonly create: number; readonly edit: number } {
  if (!sparing) return { create: lane.createAfter, edit: lane.editAfter };
  const spares = (sent: readonly number[]): number => {
    const first = sent.at(spared - channelLimit.requests);
    return first === undefined ? 0 : first + channelLimit.perMs;
  };
  return {
    create: Math.max(lane.createAfter, spares(lane.sent.create)),
    edit: Math.max(lane.editAfter, spares(lane.sent.edit)),
  };
}

/** Where an answer is lost, Discord has counted the request all the same and did not tell what is left: it is then counted here. */
export function noteSent(lane: Lane, delivery: Delivery, now: number): void {
  const isLost = delivery.kind === 'away' && delivery.outcome === 'unknown';
  if (delivery.kind !== 'shown' && !isLost) return;
  const kind = delivery.kind === 'shown' ? delivery.step : delivery.of;
  const sent = lane.sent[kind];
  sent.push(now);
  if (sent.length > channelLimit.requests) sent.shift();
  const [first = 0] = sent;
  if (!isLost || sent.length < channelLimit.requests) return;
  const free = first + channelLimit.perMs;
  if (kind === 'create') lane.createAfter = Math.max(lane.createAfter, free);
  else lane.editAfter = Math.max(lane.editAfter, free);
}

/** Nothing is tried for a while, longer after each failure in a row. */
export function backOff(lane: Lane, now: number): void {
  lane.failures += 1;
  lane.after = now + backoff({ first: 500, longest: 30_000 }, lane.failures, Math.random);
}

/** The clock was set back by so many milliseconds: nothing waits for longer than it would have. */
export function setBack(lane: Lane, by: number): void {
  lane.createAfter -= by;
  lane.editAfter -= by;
  lane.after -= by;
  lane.foldAfter -= by;
  for (const sent of [lane.sent.create, lane.sent.edit]) sent.splice(0, sent.length, ...sent.map((at) => at - by));
}
