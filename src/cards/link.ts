// Where a card is, as a link that Discord's clients open.
import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';

/** How long it is waited for a card to be posted, and between two looks, in milliseconds. */
const patience = { all: 4000, each: 100 };

/** The address of a card's message now; null where it is not posted. */
export type CardAddress = (cardId: string) => Promise<string | null>;

export function createCardAddress(ledger: Pick<Ledger, 'get'>, guildId: string): CardAddress {
  return addressOf;

  async function addressOf(cardId: string): Promise<string | null> {
    const card = await ledger.get(cardId);
    if (card !== undefined && card.foldedInto !== null) return addressOf(card.foldedInto);
    if (card === undefined || card.messageId === null) return null;
    return `https://discord.com/channels/${guildId}/${card.channelId}/${card.messageId}`;
  }
}

/** @returns the address of the card's message, or null where it is not posted in time. */
export type CardLink = (cardId: string, signal: AbortSignal) => Promise<string | null>;

export function createCardLink(addressOf: CardAddress): CardLink {
  return async (cardId, signal) => {
    for (let waited = 0; waited < patience.all && !signal.aborted; waited += patience.each) {
      const address = await addressOf(cardId);
      if (address !== null) return address;
      await delay(patience.each);
    }
    return null;
  };
}
