// Writes down what Discord shows; what the store cannot take is remembered until it can.
import type { Logger } from 'pino';
import type { CardRecord } from './card.ts';
import type { Attempt } from './deliver.ts';
import type { Doubts } from './doubts.ts';
import type { Ledger } from './ledger.ts';
import type { Unwritten } from './unwritten.ts';

export interface Shown {
  /** This message shows this revision of the card. Never rejects. */
  writeDown(of: Pick<Attempt, 'record' | 'written'>, messageId: string, revision: number): Promise<void>;
  /** The message of this ring is deleted. Never rejects. */
  removed(of: Pick<Attempt, 'record' | 'written'>, messageId: string): Promise<void>;
  /** The ring with what the ledger could not take: that its message is deleted. */
  about(card: CardRecord): CardRecord;
  /** Writes down what the store could not take when it was shown, as far as it takes it now. Never rejects. */
  catchUp(): Promise<void>;
}

export function createShown(options: {
  readonly ledger: Pick<Ledger, 'shown' | 'removed'>;
  readonly unwritten: Pick<Unwritten, 'shown' | 'unrecorded'>;
  readonly doubts: Pick<Doubts, 'settle'>;
  readonly log: Logger;
  readonly now: () => Date;
}): Shown {
  const { ledger, unwritten, doubts, log, now } = options;
  /** Messages that are deleted, by the ring as which the ledger still has them. */
  const gone = new Map<string, string>();
  return {
    async writeDown({ record: { id }, written }, messageId, revision) {
      unwritten.shown(id, messageId, revision);
      if (!written) return;
      try {
        await ledger.shown(id, messageId, revision, now().getTime());
        gone.delete(id);
        doubts.settle(id);
      } catch (err) {
        log.warn({ err, ref: id }, 'What is shown could not be written down: it is remembered');
        unwritten.unrecorded.set(id, { messageId, revision });
      }
    },
    async removed({ record: { id }, written }, messageId) {
      if (!written) return;
      try {
        await ledger.removed(id, now().getTime());
        gone.delete(id);
      } catch (err) {
        log.debug({ err, ref: id }, 'That a ring is deleted could not be written down: it is remembered');
        gone.set(id, messageId);
      }
    },
    about(card) {
      const isGone = card.messageId !== null && gone.get(card.id) === card.messageId;
      return isGone ? { ...card, messageId: null, intent: null } : card;
    },
    async catchUp() {
      for (const [id, { messageId, revision }] of unwritten.unrecorded) {
        try {
          await ledger.shown(id, messageId, revision, now().getTime());
        } catch {
          return;
        }
        unwritten.unrecorded.delete(id);
        gone.delete(id);
        doubts.settle(id);
      }
    },
  };
}
