// Cards that may have a message which the ledger does not know: of the process before this one, and of this one while the store takes nothing.
import type { Logger } from 'pino';
import type { CardRecord } from './card.ts';
import type { Ledger } from './ledger.ts';

export interface Doubts {
  /**
   * Asks the ledger once to look for what the process before may have left; tried again with each call until the store takes it. Resolves to the
   * channels of these, null where the store takes nothing.
   */
  writeDown(): Promise<readonly string[] | null>;
  /** The creation of this card leaves without being written down; a message of it is not older than `since` (milliseconds since 1970). */
  add(cardId: string, since: number): void;
  /** What became of that creation is known, and the ledger knows it too or has nothing to know. */
  settle(cardId: string): void;
  /** The card with what the ledger cannot say yet: since when to look for a message of it. */
  about(card: CardRecord): CardRecord;
  /** False while any card may have a message that the ledger knows nothing of: then nothing may be decided by its absence. */
  none(): boolean;
}

export function createDoubts({
  ledger,
  log,
}: {
  readonly ledger: Pick<Ledger, 'doubt'>;
  readonly log: Logger;
}): Doubts {
  const own = new Map<string, number>();
  let isWrittenDown = false;
  let hasFailed = false;

  return {
    async writeDown() {
      if (isWrittenDown) return [];
      try {
        const channelIds = await ledger.doubt();
        isWrittenDown = true;
        return channelIds;
      } catch (err) {
        if (!hasFailed)
          log.warn(
            { err },
            'What waits for its first message may have one: it is looked for until that can be written down',
          );
        hasFailed = true;
        return null;
      }
    },
    add(cardId, since) {
      if (!own.has(cardId)) own.set(cardId, since);
    },
    settle(cardId) {
      own.delete(cardId);
    },
    about(card) {
      if (card.messageId !== null || card.intent !== null || card.lookSince !== null) return card;
      const since = own.get(card.id) ?? (isWrittenDown ? null : card.wantedAt);
      return since === null ? card : { ...card, lookSince: since };
    },
    none: () => isWrittenDown && own.size === 0,
  };
}
