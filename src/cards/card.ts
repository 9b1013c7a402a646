// A card: one message in one channel that shows the newest state of something until it ends.

import type { Message } from '../message.ts';

/** What the ledger knows of a card. Times are milliseconds since 1970. */
export interface CardRecord {
  readonly id: string;
  /** Names who says what it shows, for example `alert`. */
  readonly kind: string;
  readonly channelId: string;
  /** The channel that it was meant for and that refused it, else null. */
  readonly refusedChannelId: string | null;
  readonly priority: number;
  /** Grows with each state that should be shown. */
  readonly revision: number;
  /** The revision that Discord is known to show; 0 when none. */
  readonly shownRevision: number;
  readonly messageId: string | null;
  /** How many messages were begun for it; each has a nonce of its own. */
  readonly creations: number;
  /** The creation whose end is not known, else null. */
  readonly intent: { readonly at: number; readonly revision: number } | null;
  /** Set where a message may exist that the ledger does not know: look for one made since. */
  readonly lookSince: number | null;
  readonly mentionRoles: readonly string[];
  readonly ring: boolean;
  /** The card that its message replies to, else null. Such a message is never edited: a newer one takes its place. */
  readonly replyTo: string | null;
  /** The digest that shows it in place of a message of its own, else null. */
  readonly foldedInto: string | null;
  readonly retryAt: number | null;
  readonly attempts: number;
  readonly wantedAt: number;
  /** Whether what it shows goes on: only then is a deleted message made anew. */
  readonly open: boolean;
}

/** The card of one thing as its domain wants it now. */
export interface WantedCard {
  readonly id: string;
  readonly kind: string;
  readonly channelId: string;
  readonly priority: number;
  readonly mentionRoles: readonly string[];
  readonly ring: boolean;
  readonly open: boolean;
  readonly wantedAt: number;
  /** For a new card: its creation begins as soon as this is durable. */
  readonly begun: boolean;
  /** For a new card: a message of it may exist that the ledger does not know. */
  readonly lookSince: number | null;
  /** Its message, where one was made while the store failed. */
  readonly messageId: string | null;
  /** It was held in memory while the store failed: the ledger may know the card already, and nothing of its message. */
  readonly fromMemory?: boolean;
}

/** What the ledger says of a card that was wanted: its channel, chosen when it was made, and whether that was now. */
export interface AskedCard {
  readonly channelId: string;
  readonly isNew: boolean;
}

/** A new card whose creation is begun and has not left this process, with what it says: it need not be read again. */
export interface BegunCard {
  readonly wanted: WantedCard;
  readonly message: Message;
  /** That it is begun is written down, and nothing may be sent before this resolves; where it rejects, nothing is. */
  readonly durable: Promise<void>;
}

/** Of a new card whose creation is begun, as the ledger has it. */
export function recordOf(wanted: WantedCard): CardRecord {
  const { id, kind, channelId, priority, mentionRoles, ring, open, wantedAt } = wanted;
  return {
    ...{ id, kind, channelId, priority, mentionRoles, ring, open, wantedAt },
    refusedChannelId: null,
    revision: 1,
    shownRevision: 0,
    messageId: null,
    creations: 1,
    intent: { at: wantedAt, revision: 1 },
    lookSince: null,
    replyTo: null,
    foldedInto: null,
    retryAt: null,
    attempts: 0,
  };
}

/** A short reply to a card that rings; made by the domain of that card, in its channel. */
export interface WantedRing {
  /** By `ringId`. */
  readonly id: string;
  /** Id of the card that it replies to. */
  readonly cardId: string;
  readonly kind: string;
  readonly priority: number;
  /** Of the card itself, where its message is still to be made. */
  readonly cardPriority: number;
  readonly mentionRoles: readonly string[];
  readonly wantedAt: number;
  /** Since when one may have been made that the ledger does not know (milliseconds since 1970); null where none can have been. */
  readonly lookSince: number | null;
}

/** A ring that was made while the store failed. */
export interface RungRing extends Pick<WantedRing, 'id' | 'cardId' | 'kind' | 'priority'> {
  readonly messageId: string;
  /** Now, milliseconds since 1970. */
  readonly at: number;
}

/** The one ring of a card: a newer one takes its place. */
export function ringId(cardId: string): string {
  return `${cardId}-ring`;
}

/** Of the card that a ring replies to. */
export function cardOfRing(id: string): string {
  return id.slice(0, -'-ring'.length);
}

/** What waits for a channel is shown in this order (design: new critical, new warning, operations, resolves, refreshes). */
export const priorities = { critical: 0, warning: 1, notice: 2, progress: 2, end: 3, refresh: 4 } as const;
