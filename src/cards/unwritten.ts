// Cards while the store fails: those that could not be written down, and what is shown of those that were.
import type { Message } from '../message.ts';
import type { CardRecord, WantedCard } from './card.ts';

/** A card that is shown from memory. */
export interface UnwrittenCard {
  readonly record: CardRecord;
  readonly message: Message;
  readonly shown: boolean;
}

/** What Discord shows of a written card, and the ledger could not take yet. */
export interface Unrecorded {
  readonly messageId: string;
  readonly revision: number;
}

export interface Unwritten {
  get(cardId: string): UnwrittenCard | undefined;
  /** The most urgent card of this channel, of these the first, that is not shown as it should be and for which the request is allowed. */
  next(channelId: string, allowed: { readonly create: boolean; readonly edit: boolean }): UnwrittenCard | undefined;
  /** The newest state of one id replaces the one before. False when there is no room. */
  put(wanted: WantedCard, known: CardRecord | undefined, message: Message): UnwrittenCard | null;
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
    const shown = [...cards].find(([, card]) => card.shown);
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
    put(wanted, ledgerRecord, message) {
      const held = cards.get(wanted.id);
      const known = held?.record ?? ledgerRecord;
      if (held === undefined && !makeRoom()) return null;
      const waits = held === undefined ? known !== undefined && known.shownRevision < known.revision : !held.shown;
      const messageId = unrecorded.get(wanted.id)?.messageId ?? known?.messageId ?? wanted.messageId;
      const record = {
        ...(known ?? unknown(wanted)),
        messageId,
        revision: (known?.revision ?? 0) + 1,
        open: wanted.open,
        // What waits already keeps its place, unless it has become more urgent.
        priority: waits && known !== undefined ? Math.min(known.priority, wanted.priority) : wanted.priority,
        wantedAt: waits && known !== undefined ? known.wantedAt : wanted.wantedAt,
      };
      const card = { record, message, shown: false };
      cards.set(wanted.id, card);
      return card;
    },
    shown(cardId, messageId, revision) {
      const card = cards.get(cardId);
      if (card === undefined) return;
      cards.set(cardId, { ...card, record: { ...card.record, messageId }, shown: card.record.revision === revision });
    },
    startOver(cardId, move) {
      const card = cards.get(cardId);
      if (card === undefined) return;
      const record = { ...card.record, messageId: null, ...move };
      // Nobody needs to see again what is over.
      cards.set(cardId, { ...card, record, shown: move === undefined && !record.open });
    },
    forget(cardId) {
      cards.delete(cardId);
    },
    waiting: () => [...cards.values()].filter(({ shown }) => !shown).map(({ record }) => record.wantedAt),
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
