// Makes each channel show the newest state of every card: one request per channel at a time, the most urgent first.
import type { Logger } from 'pino';
import type { Message } from '../message.ts';
import { type BegunCard, type CardRecord, recordOf, ringId } from './card.ts';
import type { Channels } from './channels.ts';
import { createCrowd } from './crowd.ts';
import { type Delivery, type DeliveryContext, deliver, postponement, withdraw } from './deliver.ts';
import { createDoubts } from './doubts.ts';
import { freeAt, isIdle, type Lane, setBack } from './lane.ts';
import { createLanes, storePauseMs } from './lanes.ts';
import { usedUpChannels } from './last-process.ts';
import type { Ledger, NextAsked, Waiting } from './ledger.ts';
import { longestPostponementMs } from './plan.ts';
import { createSettle, type PublisherEvents } from './settle.ts';
import { createShown } from './shown.ts';
import { createStuck } from './stuck.ts';
import { tellUnshown } from './tell.ts';
import { type AskedUnwritten, createUnwritten, type UnwrittenCard } from './unwritten.ts';

/** What a kind of card says now; undefined when there is nothing left to show. */
export type Show = (cardId: string) => Promise<Message | undefined>;

export interface PublisherOptions {
  readonly ledger: Ledger;
  readonly channels: Channels;
  readonly kinds: Readonly<Record<string, Show>>;
  readonly defaultChannelId: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly events: PublisherEvents;
}

export interface Publisher {
  /** Takes up what was left at the last end. */
  start(): Promise<void>;
  /**
   * Asked within the transaction that wants a new card: true when its creation can begin with that, which saves a second commit. One card at a time is promised this; `wake` or `release` ends the promise.
   */
  reserve(channelId: string, cardId: string): boolean;
  release(channelId: string, cardId: string): void;
  /** Something waits for this channel; `begun` is the card whose creation was begun as reserved. */
  wake(channelId: string, begun?: BegunCard): void;
  /**
   * Shows a card that could not be written down. The newest state of one id replaces the one before; at most 1,000 ids are kept. A card that is
   * folded is left to its digest, unless a ring of it is due.
   */
  showUnwritten(asked: AskedUnwritten): Promise<void>;
  /** The message of a card that was shown from memory; undefined when it was not, null when none is known. */
  unwrittenMessage(cardId: string): string | null | undefined;
  /** Whether a card in memory has rung for all that it was to ring for. */
  hasRungUnwritten(cardId: string): boolean;
  /** The message of the reply that rang last for it, from memory; null where there is none. */
  rungUnwritten(cardId: string): string | null;
  forgetUnwritten(cardId: string): void;
  /** What is not shown as it should be, in the ledger and in memory; of memory alone where the ledger cannot be read. */
  waiting(): Promise<Waiting>;
  /** The store works again: something may wait that was written although its writer was told otherwise. */
  lookAgain(): Promise<void>;
  /** Discord is there again: what waited for it is tried at once. */
  resume(): void;
  /** Ends after the requests in flight, or when `signal` aborts them. */
  stop(signal: AbortSignal): Promise<void>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { ledger, log, now } = options;
  const unwritten = createUnwritten();
  const stopping = new AbortController();
  /** Begun in the ledger, and known not to have left this process. */
  const unsent = new Set<string>();
  const doubts = createDoubts({ ledger, log });
  const shown = createShown({ ledger, unwritten, doubts, log, now });
  const crowd = createCrowd({ ledger, channels: options.channels, log, signal: stopping.signal });
  const lanes = createLanes({ step: workOnce, log, now });
  const stuck = createStuck();
  const settle = createSettle({
    ...{ unwritten, doubts, unsent, lanes, log, events: options.events, tellTime },
    pause(until) {
      pausedUntil = until;
    },
  });
  let pausedUntil = 0;
  /** What the clock told last. */
  let told = 0;

  /** Milliseconds since 1970. Where the clock was set back, so is what waits by it. */
  function tellTime(): number {
    const time = now().getTime();
    const by = Math.max(0, told - time);
    told = time;
    if (by === 0) return time;
    pausedUntil -= by;
    for (const lane of lanes.all()) setBack(lane, by);
    return time;
  }

  /** What is shown as the ledger has it need not be made of what was handed on, too. */
  function takeBegun(lane: Lane, cardId: string): void {
    if (lane.handed?.wanted.id === cardId) lane.handed = null;
  }

  /** Does one step. False when nothing can be done now; a timer is then set for what waits. */
  async function workOnce(lane: Lane): Promise<boolean> {
    const { handed } = lane;
    lane.handed = null;
    const time = tellTime();
    const blockedUntil = Math.max(lane.after, pausedUntil);
    if (blockedUntil > time) {
      lanes.runAt(lane, blockedUntil);
      return false;
    }
    const isAllWritten = unwritten.ids().length === 0 && doubts.none();
    const free = freeAt(lane, !isAllWritten);
    const allowed = { create: free.create <= time, edit: free.edit <= time };
    // As long as the channel takes everything at once, nothing has to wait.
    // What may have a message does not fold, and whether it has is not in the ledger while the store takes nothing.
    if (!allowed.create && isAllWritten) await crowd.fold(lane, time);
    const memory = unwritten.next(lane.channelId, allowed);
    if (memory !== undefined && !(await isBehind(lane, memory.record, allowed))) {
      lane.stumbled = false;
      await showFromMemory(lane, memory);
      // It may have made a message that a look before did not see.
      lane.seen = null;
      return true;
    }
    if (handed !== null && allowed.create) {
      const record = recordOf(handed.wanted);
      settle(lane, record, await attempt(record, handed.message, true, handed.durable));
      return true;
    }
    await doubts.writeDown();
    await shown.catchUp();
    const next = await ledger.next(lane.channelId, { ...allowed, ...limits(time) }, time);
    if (next.kind === 'card') {
      takeBegun(lane, next.card.id);
      const isKnown = next.card.lookSince === null || next.card.messageId !== null || next.card.intent !== null;
      if (isKnown || !(await crowd.lookAround(lane))) await showOrPostpone(lane, doubts.about(shown.about(next.card)));
      return true;
    }
    if (memory !== undefined) {
      // What it let go first is gone meanwhile.
      lane.stumbled = true;
      return true;
    }
    const waits = [
      free.create,
      free.edit,
      allowed.create ? 0 : lane.foldAfter,
      unwritten.unrecorded.size > 0 ? time + storePauseMs : 0,
    ];
    if (next.kind === 'later') waits.push(next.at);
    const later = waits.filter((at) => at > time);
    if (later.length > 0) lanes.runAt(lane, Math.min(...later));
    return false;
  }

  /** Whether something of the ledger is more urgent than a card in memory; where that led to nothing, memory has its turn. */
  async function isBehind(
    lane: Lane,
    { priority }: CardRecord,
    allowed: { create: boolean; edit: boolean },
  ): Promise<boolean> {
    if (lane.stumbled) return false;
    const time = now().getTime();
    const next = await ledger.next(lane.channelId, { ...allowed, ...limits(time) }, time).catch(() => null);
    return next?.kind === 'card' && next.card.priority < priority;
  }

  /** What is wrong with one card alone holds up no other. */
  async function showOrPostpone(lane: Lane, card: CardRecord): Promise<void> {
    try {
      await show(lane, card);
    } catch (error) {
      const time = now().getTime();
      try {
        await ledger.postpone(card.id, time + postponement(card.attempts), card.attempts + 1);
      } catch (err) {
        // Where the store is what failed, it takes no postponement either.
        if (!stuck.add(card.id, time)) throw err;
        log.debug({ err, ref: card.id }, 'A card waits until the store works; others go first');
        return;
      }
      tellUnshown(log, card, error);
    }
  }

  /** What is not to be taken from the ledger now: it knows less of it than memory, or takes nothing of it. */
  function limits(time: number): Pick<NextAsked, 'except' | 'farthest'> {
    return { except: [...unwritten.ids(), ...stuck.ids(time)], farthest: time + longestPostponementMs };
  }

  /** The next notification of it tries anew. */
  async function showFromMemory(lane: Lane, { record, message }: UnwrittenCard): Promise<void> {
    try {
      const delivery = await attempt(record, message, false);
      if (delivery.kind === 'done') unwritten.forget(record.id);
      else if (delivery.kind === 'removed') unwritten.removed(record.id);
      settle(lane, record, delivery);
      const due = unwritten.dueReply(record.id);
      const card = unwritten.get(record.id);
      if (due !== undefined && card !== undefined)
        unwritten.putRing(due.ring, await knownOf(due.ring.id), card.record, due.says);
    } catch (error) {
      unwritten.forget(record.id);
      tellUnshown(log, record, error);
    }
  }

  async function show(lane: Lane, card: CardRecord): Promise<void> {
    const message = await options.kinds[card.kind]?.(card.id);
    if (message !== undefined) settle(lane, card, await attempt(card, message, true));
    else if (card.replyTo !== null) settle(lane, card, await takeBack(card));
    else {
      await ledger.settle(card.id, card.revision);
      doubts.settle(card.id);
    }
  }

  function takeBack(record: CardRecord): Promise<Delivery> {
    return withdraw({ record, unsent: unsent.delete(record.id), written: true }, context());
  }

  function context(): DeliveryContext {
    return {
      ...options,
      ...{ signal: stopping.signal, cardOf, tried: unwritten.tried, unbegun: doubts.add },
      ...{ remember: shown.writeDown, removed: shown.removed },
    };
  }

  /** As it is known best: memory knows of messages that the ledger could not take. */
  async function cardOf(cardId: string): Promise<CardRecord | undefined> {
    const held = unwritten.get(cardId);
    if (held !== undefined) return held.record;
    const record = await ledger.get(cardId);
    const messageId = unwritten.unrecorded.get(cardId)?.messageId;
    return record === undefined || messageId === undefined ? record : { ...record, messageId };
  }

  function knownOf(id: string): Promise<CardRecord | undefined> {
    return ledger.get(id).catch(() => undefined);
  }

  async function attempt(
    record: CardRecord,
    message: Message,
    written: boolean,
    durable?: Promise<void>,
  ): Promise<Delivery> {
    const triedAs = unwritten.get(record.id)?.triedAs || undefined;
    const delivery = await deliver(
      { record, message, unsent: unsent.delete(record.id), written, durable, triedAs },
      context(),
    );
    if (delivery.kind === 'shown') {
      if (delivery.step === 'create') unwritten.made(record.id, delivery.revision);
      await shown.writeDown({ record, written }, delivery.messageId, delivery.revision);
    }
    return delivery;
  }

  return {
    async start() {
      for (const [channelId, until] of await usedUpChannels(ledger, doubts, now().getTime())) {
        const lane = lanes.of(channelId);
        lane.createAfter = until;
        lane.editAfter = until;
      }
      // Nothing is shown before: what the process before has left must be known first, and every kind of card.
      lanes.start();
      for (const channelId of await ledger.channelsWithWork()) lanes.run(lanes.of(channelId));
    },
    reserve(channelId, cardId) {
      const lane = lanes.of(channelId);
      if (lane.reserved === cardId) return true;
      const time = tellTime();
      if (!lanes.areOpen() || pausedUntil > time || !isIdle(lane, time)) return false;
      lane.reserved = cardId;
      return true;
    },
    release(channelId, cardId) {
      const lane = lanes.of(channelId);
      if (lane.reserved === cardId) lane.reserved = null;
    },
    wake(channelId, begun) {
      const lane = lanes.of(channelId);
      if (begun !== undefined) {
        unsent.add(begun.wanted.id);
        if (lane.reserved === begun.wanted.id) lane.reserved = null;
        lane.handed = begun;
      }
      lanes.run(lane);
    },
    async showUnwritten({ wanted, message, ring, ringSays, isHeld }) {
      const [known, knownRing] = await Promise.all([knownOf(wanted.id), ring && knownOf(ring.id)]);
      // Its digest shows it, and its newest state as soon as that can be written down.
      const isFolded = typeof known?.foldedInto === 'string' && unwritten.get(wanted.id) === undefined;
      if ((isFolded && ring === undefined) || !isHeld()) return;
      const card = unwritten.put({ wanted, message, ring, ringSays }, known);
      if (card === null) {
        log.warn({ ref: wanted.id }, 'Too many cards are held in memory: this one waits for the sender to try again');
        return;
      }
      const { record } = card;
      unwritten.tellRing(wanted.id, ringSays);
      // One whose message is still to be made rings by that, or once it is made.
      if (ring !== undefined && ringSays !== undefined && record.messageId !== null)
        unwritten.putRing(ring, knownRing, record, ringSays);
      lanes.run(lanes.of(record.channelId));
    },
    hasRungUnwritten: unwritten.hasRung,
    rungUnwritten: unwritten.rungBy,
    unwrittenMessage: (cardId) => unwritten.get(cardId)?.record.messageId,
    forgetUnwritten(cardId) {
      unwritten.forget(cardId);
      unwritten.forget(ringId(cardId));
    },
    async waiting() {
      const memory = unwritten.waiting();
      const { count, since } = await ledger.waiting(unwritten.ids()).catch(() => ({ count: 0, since: null }));
      const times = since === null ? memory : [since, ...memory];
      return { count: count + memory.length, since: times.length === 0 ? null : Math.min(...times) };
    },
    async lookAgain() {
      stuck.clear();
      const channelIds = await ledger.channelsWithWork().catch(() => []);
      for (const channelId of channelIds) lanes.run(lanes.of(channelId));
    },
    resume() {
      pausedUntil = 0;
      for (const lane of lanes.all()) {
        lane.after = 0;
        lanes.run(lane);
      }
    },
    async stop(signal) {
      const abort = (): void => stopping.abort();
      signal.addEventListener('abort', abort, { once: true });
      await lanes.stop();
      signal.removeEventListener('abort', abort);
      stopping.abort();
    },
  };
}
