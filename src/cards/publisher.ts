// Makes each channel show the newest state of every card: one request per channel at a time, the most urgent first.
import type { Logger } from 'pino';
import type { Message } from '../message.ts';
import type { CardRecord, WantedCard } from './card.ts';
import type { Channels } from './channels.ts';
import { type Delivery, deliver, postponement } from './deliver.ts';
import type { Ledger } from './ledger.ts';

/** What a kind of card says now; undefined when there is nothing left to show. */
export type Show = (cardId: string) => Promise<Message | undefined>;

/** A card that could not be written down: shown from memory while the store fails. */
interface UnwrittenCard {
  readonly record: CardRecord;
  readonly message: Message;
  readonly shown: boolean;
}

export interface PublisherEvents {
  /** A creation or edit succeeded; `lagMs` since it was wanted. */
  readonly delivered: (step: 'create' | 'edit', lagMs: number) => void;
  /** An attempt failed, by the name of its outcome. */
  readonly failed: (outcome: string) => void;
}

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
   * Asked within the transaction that wants a new card: true when its creation can begin as soon as that is durable, which saves a
   * second commit. One card at a time is promised this; `wake` or `release` ends the promise.
   */
  reserve(channelId: string, cardId: string): boolean;
  release(channelId: string, cardId: string): void;
  /** Something waits for this channel; `begunCardId` is the card whose creation was begun as reserved. */
  wake(channelId: string, begunCardId?: string): void;
  /** Shows a card that could not be written down. The newest state of one id replaces the one before; at most 1,000 ids are kept. */
  showUnwritten(wanted: WantedCard, message: Message): Promise<void>;
  /** The message of a card that was shown from memory; undefined when it was not, null when none is known. */
  unwrittenMessage(cardId: string): string | null | undefined;
  forgetUnwritten(cardId: string): void;
  /** Discord is there again: what waited for it is tried at once. */
  resume(): void;
  /** Ends after the requests in flight, or when `signal` aborts them. */
  stop(signal: AbortSignal): Promise<void>;
}

interface Lane {
  readonly channelId: string;
  running: Promise<void> | null;
  timer: NodeJS.Timeout | null;
  reserved: string | null;
  woken: boolean;
  /** No request of this kind before these times, as Discord asked. */
  createAfter: number;
  editAfter: number;
  /** No request at all before this: Discord cannot be reached. */
  after: number;
  failures: number;
  /** The channel refused the last request; said once. */
  refusing: boolean;
}

const maxUnwritten = 1000;

/** A token that Discord refused is tried again after this; each try with a wrong token counts against the bot's address. */
const tokenPauseMs = 5 * 60_000;

const storePauseMs = 2000;

export function createPublisher(options: PublisherOptions): Publisher {
  const { ledger, log, now } = options;
  const lanes = new Map<string, Lane>();
  const unwritten = new Map<string, UnwrittenCard>();
  const stopping = new AbortController();
  /** Begun in the ledger, and known not to have left this process. */
  const unsent = new Set<string>();
  let pausedUntil = 0;
  let ending = false;

  function laneOf(channelId: string): Lane {
    const known = lanes.get(channelId);
    if (known !== undefined) return known;
    const lane: Lane = {
      channelId,
      running: null,
      timer: null,
      reserved: null,
      woken: false,
      createAfter: 0,
      editAfter: 0,
      after: 0,
      failures: 0,
      refusing: false,
    };
    lanes.set(channelId, lane);
    return lane;
  }

  function run(lane: Lane): void {
    lane.woken = true;
    if (lane.running !== null || ending) return;
    if (lane.timer !== null) clearTimeout(lane.timer);
    lane.timer = null;
    lane.running = work(lane).finally(() => {
      lane.running = null;
      if (lane.woken) run(lane);
    });
  }

  function runAt(lane: Lane, at: number): void {
    if (ending || lane.timer !== null) return;
    lane.timer = setTimeout(
      () => {
        lane.timer = null;
        run(lane);
      },
      Math.max(1, Math.min(at - now().getTime(), 60_000)),
    );
  }

  async function work(lane: Lane): Promise<void> {
    while (lane.woken && !ending) {
      lane.woken = false;
      try {
        let more = true;
        while (more) more = await workOnce(lane);
      } catch (error) {
        log.warn({ err: error, channel: lane.channelId }, 'The publisher could not go on and tries again');
        runAt(lane, now().getTime() + storePauseMs);
      }
    }
  }

  /** Does one step. False when nothing can be done now; a timer is then set for what waits. */
  async function workOnce(lane: Lane): Promise<boolean> {
    if (ending) return false;
    const time = now().getTime();
    const blockedUntil = Math.max(lane.after, pausedUntil);
    if (blockedUntil > time) {
      runAt(lane, blockedUntil);
      return false;
    }
    const may = { create: lane.createAfter <= time, edit: lane.editAfter <= time };
    for (const card of unwritten.values()) {
      if (card.shown || card.record.channelId !== lane.channelId) continue;
      if (!may.create && !may.edit) break;
      return settle(lane, card.record, await attempt(card.record, card.message));
    }
    const next = await ledger.next(lane.channelId, may, time);
    const waits = [...(may.create ? [] : [lane.createAfter]), ...(may.edit ? [] : [lane.editAfter])];
    if (next.kind !== 'card') {
      if (next.kind === 'later') waits.push(next.at);
      if (waits.length > 0) runAt(lane, Math.min(...waits));
      return false;
    }
    const message = await options.kinds[next.card.kind]?.(next.card.id);
    if (message === undefined) {
      await ledger.settle(next.card.id, next.card.revision);
      return true;
    }
    return settle(lane, next.card, await attempt(next.card, message));
  }

  function attempt(record: CardRecord, message: Message): Promise<Delivery> {
    const memory = unwritten.get(record.id);
    return deliver(
      { record, message, unsent: unsent.delete(record.id), written: memory === undefined },
      { ...options, signal: stopping.signal },
    );
  }

  /** Draws the consequences of one delivery for the lane. */
  function settle(lane: Lane, record: CardRecord, delivery: Delivery): boolean {
    const time = now().getTime();
    const memory = unwritten.get(record.id);
    if (delivery.kind === 'shown') {
      lane.failures = 0;
      lane.refusing = false;
      options.events.delivered(delivery.step, time - record.wantedAt);
      if (memory !== undefined) {
        unwritten.set(record.id, {
          ...memory,
          record: { ...memory.record, messageId: delivery.messageId },
          shown: memory.record.revision === record.revision,
        });
      }
      return true;
    }
    if (delivery.kind === 'done') return true;
    options.events.failed(delivery.outcome);
    if (delivery.unsent) unsent.add(record.id);
    switch (delivery.kind) {
      case 'again':
        if (memory !== undefined)
          unwritten.set(record.id, { ...memory, record: { ...memory.record, messageId: null } });
        return true;
      case 'channel refused':
        return refused(lane, record, delivery);
      case 'slow down':
        if (delivery.of === 'create') lane.createAfter = delivery.at;
        else lane.editAfter = delivery.at;
        return true;
      case 'away':
        lane.after = time + backoffMs(lane.failures++);
        return true;
      case 'token refused':
        pausedUntil = time + tokenPauseMs;
        return true;
      case 'postponed':
        if (memory !== undefined) lane.after = time + backoffMs(lane.failures++);
        return true;
    }
  }

  /** One that is shown can be given up: its message is found again by its marker. */
  function makeRoom(): boolean {
    if (unwritten.size < maxUnwritten) return true;
    const shown = [...unwritten].find(([, held]) => held.shown);
    return shown !== undefined && unwritten.delete(shown[0]);
  }

  function refused(
    lane: Lane,
    record: CardRecord,
    { code, reason, to }: Extract<Delivery, { kind: 'channel refused' }>,
  ): boolean {
    const meta = { channel: lane.channelId, code, reason };
    if (!lane.refusing && to === null) {
      log.error(
        meta,
        'The alert channel refuses messages: grant View Channel, Send Messages, Embed Links and Attach Files',
      );
    }
    if (!lane.refusing && to !== null) log.error(meta, 'A channel refuses cards: they go to DISCORD_ALERT_CHANNEL_ID');
    lane.refusing = true;
    if (to === null) {
      lane.after = now().getTime() + postponement(lane.failures++);
      return true;
    }
    const memory = unwritten.get(record.id);
    if (memory !== undefined) {
      const moved = { ...memory.record, channelId: to, refusedChannelId: lane.channelId, messageId: null };
      unwritten.set(record.id, { ...memory, record: moved });
    }
    run(laneOf(to));
    return true;
  }

  return {
    async start() {
      for (const channelId of await ledger.channelsWithWork()) run(laneOf(channelId));
    },
    reserve(channelId, cardId) {
      const lane = laneOf(channelId);
      const time = now().getTime();
      if (lane.reserved === cardId) return true;
      if (lane.reserved !== null || lane.running !== null || lane.timer !== null || stopping.signal.aborted)
        return false;
      if (Math.max(lane.after, lane.createAfter, pausedUntil) > time) return false;
      lane.reserved = cardId;
      return true;
    },
    release(channelId, cardId) {
      const lane = laneOf(channelId);
      if (lane.reserved === cardId) lane.reserved = null;
    },
    wake(channelId, begunCardId) {
      const lane = laneOf(channelId);
      if (begunCardId !== undefined) {
        unsent.add(begunCardId);
        if (lane.reserved === begunCardId) lane.reserved = null;
      }
      run(lane);
    },
    async showUnwritten(wanted, message) {
      const known = unwritten.get(wanted.id)?.record ?? (await ledger.get(wanted.id).catch(() => undefined));
      if (!unwritten.has(wanted.id) && !makeRoom()) {
        log.warn({ card: wanted.id }, 'Too many cards are held in memory: this one waits for the sender to try again');
        return;
      }
      const record = { ...(known ?? unknownRecord(wanted)), revision: (known?.revision ?? 0) + 1, open: wanted.open };
      unwritten.set(wanted.id, { record, message, shown: false });
      run(laneOf(record.channelId));
    },
    unwrittenMessage: (cardId) => unwritten.get(cardId)?.record.messageId,
    forgetUnwritten(cardId) {
      unwritten.delete(cardId);
    },
    resume() {
      pausedUntil = 0;
      for (const lane of lanes.values()) {
        lane.after = 0;
        run(lane);
      }
    },
    async stop(signal) {
      ending = true;
      const abort = (): void => stopping.abort();
      for (const lane of lanes.values()) {
        if (lane.timer !== null) clearTimeout(lane.timer);
        lane.woken = false;
      }
      signal.addEventListener('abort', abort, { once: true });
      const running = [...lanes.values()].flatMap((lane) => (lane.running === null ? [] : [lane.running]));
      await Promise.all(running);
      signal.removeEventListener('abort', abort);
      stopping.abort();
    },
  };
}

/** 0.5 s, doubled up to 30 s, less up to a fifth so that channels don't come back in step. */
function backoffMs(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 10)) * (0.8 + Math.random() * 0.2);
}

/** What the ledger would hold of a card that was never written. */
function unknownRecord(wanted: WantedCard): CardRecord {
  return {
    ...wanted,
    refusedChannelId: null,
    revision: 0,
    shownRevision: 0,
    creations: 0,
    intent: null,
    retryAt: null,
    attempts: 0,
  };
}
