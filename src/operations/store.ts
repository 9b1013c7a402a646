// What operations need of the store; `store/operations.ts` satisfies it.
import type { WantedCard } from '../cards/card.ts';
import type { Operation } from './operation.ts';

export interface OperationStore {
  /** Durable when it resolves, with its card. Resolves to the running operation of the app instead where there is one. */
  begin(
    operation: Operation,
    card: WantedCard,
  ): Promise<{ readonly kind: 'begun' } | { readonly kind: 'busy'; readonly running: Operation }>;
  /** Writes the whole state and asks for its card to be shown. */
  save(operation: Operation, card: WantedCard): Promise<void>;
  read(id: string): Promise<Operation | undefined>;
  /** Those that have not ended, oldest first. */
  unfinished(): Promise<readonly Operation[]>;
  running(app: string): Promise<Operation | undefined>;
  /** Ended ones of the app, newest first. */
  recent(app: string, limit: number): Promise<readonly Operation[]>;
}
