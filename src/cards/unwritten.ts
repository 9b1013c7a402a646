// Cards and rings while the store fails: those that could not be written down, and what is shown of those that were.
import type { Message } from '../message.ts';
import { type CardRecord, ringId, type WantedCard, type WantedRing } from './card.ts';

/** A card that is shown from memory. */
export interface UnwrittenCard {
  readonly record: CardRecord;
  readonly message: Message;
  readonly shown: boolean;
  /** The last revision that is to ring, and the one as which its message was made, which rang by itself; 0 for none. */
  readonly ringsAs: number;
  readonly madeAs: number;
  /** The revision of its last creation that has left, and whose end is not known; 0 where there is none. */
  readonly triedAs: number;
  /** Became due while it had no message: rung by that where it still can be, else by a reply. */
  readonly due: DueRing | null;
}

/** A ring, and what it says now. */
interface DueRing {
  readonly ring: WantedRing;
  readonly says: Message;
}

/** What Discord shows of a written card, and the ledger could not take yet. */
export interface Unrecorded {
  readonly messageId: string;
  readonly revision: number;
}

/** What is to be shown from memory. */
export interface AskedUnwritten {
  readonly wanted: WantedCard;
  readonly message: Message;
  /** Due with this state. */
  readonly ring?: WantedRing | undefined;
  /** What a ring of this state says; undefined where there is nothing (any more) to ring about. */
  readonly ringSays?: Message | undefined;
  /** False once it is written down, or a newer state has come. */
  readonly isHeld: () => boolean;
}

export interface Unwritten {
  get(cardId: string): UnwrittenCard | undefined;
  /** The most urgent card of this channel, of these the first, that is not shown as it should be and for which the request is allowed. */
  next(channelId: string, allowed: { readonly create: boolean; readonly edit: boolean }): UnwrittenCard | undefined;
  /** The newest state of one id replaces the one before; `known` is the card as the ledger has it. Null when there is no room. */
  put(asked: Omit<AskedUnwritten, 'isHeld'>, known: CardRecord | undefined): UnwrittenCard | null;
  /** A short reply to a card that has a message, in place of the one before. `known` is the ring as the ledger has it. */
  putRing(ring: WantedRing, known: CardRecord | undefined, card: CardRecord, message: Message): void;
  /** What a ring of this card that has not left yet says now; undefined where it no longer applies. */
  tellRing(cardId: string, message: Message | undefined): void;
  /** The ring for which the message of this card was made too early, and which no reply rings for yet; undefined where there is none. */
  dueReply(cardId: string): DueRing | undefined;
  /** A creation of this revision has left, and its end is not known. */
  tried(cardId: string, revision: number): void;
  /** The message of this card was made as this revision. */
  made(cardId: string, revision: number): void;
  /** The message of this ring is deleted: the next one may be made. */
  removed(id: string): void;
  /** Whether it has rung for all that it was to ring for: by its message, or by a reply. */
  hasRung(cardId: string): boolean;
  /** The message of the reply that rang last for it, from memory; null where there is none. */
  rungBy(cardId: string): string | null;
  /** Discord shows this revision of it in this message. */
  shown(cardId: string, messageId: string, revision: number): void;
  /** Its message is gone, or it moves to another channel. */
  startOver(cardId: string, move?: { readonly channelId: string; readonly refusedChannelId: string }): void;
  forget(cardId: string): void;
  /** Those that are not shown as they should be, each with the time since when it waits (milliseconds since 1970). */
  waiting(): readonly number[];
  readonly unrecorded: Map<string, Unrecorded>;
  /** Ids that the ledger knows less of than this. */
  ids(): readonly string[];
}

const most = 1000;

export function createUnwritten(): Unwritten {
  const cards = new Map<string, UnwrittenCard>();
  const unrecorded = new Map<string, Unrecorded>();

  /** One that is shown can be given up: its message is found again by its marker. */
  function makeRoom(): boolean {
    if (cards.size < most) return true;
    const shown = [...cards].find(([, card]) => card.shown && card.record.replyTo === null);
    return shown !== undefined && cards.delete(shown[0]);
  }

  return {
    unrecorded,
    ids: () => [...cards.keys(), ...unrecorded.keys()],
    get: (cardId) => cards.get(cardId),
    next(channelId, allowed) {
      let next: UnwrittenCard | undefined;
      for (const card of cards.values()) {
        const { messageId, priority } = card.record;
        if (card.shown || card.record.channelId !== channelId) continue;
        if (!(messageId === null ? allowed.create : allowed.edit)) continue;
        if (next === undefined || priority < next.record.priority) next = card;
      }
      return next;
    },
    put({ wanted, message, ring = null, ringSays }, ledgerRecord) {
      const held = cards.get(wanted.id);
      const known = held?.record ?? ledgerRecord;
      if (held === undefined && !makeRoom()) return null;
      const waits = held === undefined ? known !== undefined && known.shownRevision < known.revision : !held.shown;
      const messageId = unrecorded.get(wanted.id)?.messageId ?? known?.messageId ?? wanted.messageId;
      const revision = (known?.revision ?? 0) + 1;
      const asked = {
        ...(known ?? unknown(wanted)),
        messageId,
        revision,
        open: wanted.open,
        // What waits already keeps its place, unless it has become more urgent.
        priority: waits && known !== undefined ? Math.min(known.priority, wanted.priority) : wanted.priority,
        wantedAt: waits && known !== undefined ? known.wantedAt : wanted.wantedAt,
        // Nothing is written down of its creation: the channel is read back before each try.
        lookSince: known?.lookSince ?? wanted.lookSince ?? wanted.wantedAt,
        // What was refused before may be taken now.
        retryAt: null,
        // It is shown by a message of its own.
        foldedInto: null,
      };
      const record = ring === null || messageId !== null ? asked : ringingByItself(asked, ring);
      const ringsAs = ring === null ? (held?.ringsAs ?? 0) : revision;
      const due = ring !== null && ringSays !== undefined && messageId === null ? { ring, says: ringSays } : null;
      const { madeAs = 0, triedAs = 0 } = held ?? {};
      const card = { record, message, shown: false, ringsAs, madeAs, triedAs, due: due ?? held?.due ?? null };
      cards.set(wanted.id, card);
      return card;
    },
    shown(cardId, messageId, revision) {
      const card = cards.get(cardId);
      if (card === undefined) return;
      // A message that is found is the one whose end was not known.
      const madeAs = card.madeAs > 0 ? card.madeAs : card.triedAs;
      const shown = card.record.revision === revision;
      cards.set(cardId, { ...card, record: { ...card.record, messageId }, shown, madeAs, triedAs: 0 });
    },
    putRing(ring, ledgerRecord, card, message) {
      const held = cards.get(ring.id);
      const known = held?.record ?? ledgerRecord;
      if (held === undefined && !makeRoom()) return;
      const revision = (known?.revision ?? 0) + 1;
      const record = {
        ...ringOf(ring, card),
        revision,
        messageId: unrecorded.get(ring.id)?.messageId ?? known?.messageId ?? null,
        // As the ledger would begin it, so that Discord takes both for the same message.
        creations: (known?.creations ?? 0) + 1,
        intent: { at: ring.lookSince ?? ring.wantedAt, revision },
      };
      const { madeAs = 0, triedAs = 0 } = held ?? {};
      cards.set(ring.id, { record, message, shown: false, ringsAs: revision, madeAs, triedAs, due: null });
    },
    tellRing(cardId, message) {
      const card = cards.get(cardId);
      if (card?.due) cards.set(cardId, { ...card, due: message === undefined ? null : { ...card.due, says: message } });
      const id = ringId(cardId);
      const ring = cards.get(id);
      if (ring === undefined || ring.shown) return;
      if (message !== undefined) cards.set(id, { ...ring, message });
      // One that was made before is still to be written down, and then goes away.
      else if (ring.madeAs > 0) cards.set(id, { ...ring, shown: true });
      else cards.delete(id);
    },
    dueReply(cardId) {
      const card = cards.get(cardId);
      if (card === undefined || card.due === null || card.record.messageId === null) return undefined;
      return card.madeAs >= card.ringsAs || cards.has(ringId(cardId)) ? undefined : card.due;
    },
    tried(cardId, revision) {
      const card = cards.get(cardId);
      if (card !== undefined) cards.set(cardId, { ...card, triedAs: revision });
    },
    made(cardId, revision) {
      const card = cards.get(cardId);
      if (card !== undefined) cards.set(cardId, { ...card, madeAs: revision });
    },
    removed(id) {
      // Where the ledger could not take that it was shown, it need not any more.
      unrecorded.delete(id);
      const ring = cards.get(id);
      if (ring !== undefined) cards.set(id, { ...ring, record: { ...ring.record, messageId: null } });
    },
    rungBy(cardId) {
      const ring = cards.get(ringId(cardId));
      return ring !== undefined && ring.madeAs > 0 ? ring.record.messageId : null;
    },
    hasRung(cardId) {
      const reply = cards.get(ringId(cardId));
      if (reply !== undefined) return reply.shown;
      const card = cards.get(cardId);
      return card !== undefined && card.madeAs > 0 && card.madeAs >= card.ringsAs;
    },
    startOver(cardId, move) {
      const card = cards.get(cardId);
      if (card === undefined) return;
      // The next message is another, which Discord must not take for the one that is gone.
      const creations = card.record.creations + 1;
      const record = { ...card.record, messageId: null, intent: null, creations, ...move };
      // Nobody needs to see again what is over.
      cards.set(cardId, { ...card, record, shown: move === undefined && !record.open });
    },
    forget(cardId) {
      cards.delete(cardId);
    },
    waiting: () => [...cards.values()].filter(({ shown }) => !shown).map(({ record }) => record.wantedAt),
  };
}

/** As the ledger has it: a card whose message is still to be made rings as its newest state does, and for those of the ring as well. */
function ringingByItself(record: CardRecord, ring: WantedRing): CardRecord {
  return {
    ...record,
    mentionRoles: [...new Set([...record.mentionRoles, ...ring.mentionRoles])],
    ring: true,
    priority: Math.min(record.priority, ring.cardPriority),
  };
}

/** What the ledger would hold of a ring that was never written. */
function ringOf({ id, cardId, kind, priority, mentionRoles, wantedAt }: WantedRing, { channelId }: CardRecord) {
  return {
    ...{ id, kind, priority, mentionRoles, wantedAt, channelId },
    ...{ replyTo: cardId, ring: true, open: false },
    ...{ refusedChannelId: null, foldedInto: null, shownRevision: 0, lookSince: null, retryAt: null, attempts: 0 },
  };
}

/** What the ledger would hold of a card that was never written. */
function unknown(wanted: WantedCard): CardRecord {
  return {
    ...wanted,
    refusedChannelId: null,
    replyTo: null,
    foldedInto: null,
    revision: 0,
    shownRevision: 0,
    creations: 0,
    intent: null,
    retryAt: null,
    attempts: 0,
  };
}
