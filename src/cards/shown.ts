// Writes down what Discord shows; what the store cannot take is remembered until it can.
import type { Logger } from 'pino';
import type { Attempt } from './deliver.ts';
import type { Doubts } from './doubts.ts';
import type { Ledger } from './ledger.ts';
import type { Unwritten } from './unwritten.ts';

export interface Shown {
  /** This message shows this revision of the card. Never rejects. */
  writeDown(of: Pick<Attempt, 'record' | 'written'>, messageId: string, revision: number): Promise<void>;
  /** Writes down what the store could not take when it was shown, as far as it takes it now. Never rejects. */
  catchUp(): Promise<void>;
}

export function createShown(options: {
  readonly ledger: Pick<Ledger, 'shown'>;
  readonly unwritten: Pick<Unwritten, 'shown' | 'unrecorded'>;
  readonly doubts: Pick<Doubts, 'settle'>;
  readonly log: Logger;
  readonly now: () => Date;
}): Shown {
  const { ledger, unwritten, doubts, log, now } = options;
  return {
    async writeDown({ record: { id }, written }, messageId, revision) {
      unwritten.shown(id, messageId, revision);
      if (!written) return;
      try {
        await ledger.shown(id, messageId, revision, now().getTime());
        doubts.settle(id);
      } catch (err) {
        log.warn({ err, ref: id }, 'What is shown could not be written down: it is remembered');
        unwritten.unrecorded.set(id, { messageId, revision });
      }
    },
    async catchUp() {
      for (const [id, { messageId, revision }] of unwritten.unrecorded) {
        try {
          await ledger.shown(id, messageId, revision, now().getTime());
        } catch {
          return;
        }
        unwritten.unrecorded.delete(id);
        doubts.settle(id);
      }
    },
  };
}
