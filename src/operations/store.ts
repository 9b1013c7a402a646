// What operations need of the store; `store/operations.ts` satisfies it.
import type { AuditRow } from '../audit/audit.ts';
import type { WantedCard } from '../cards/card.ts';
import type { StoredPost } from '../cards/posts.ts';
import type { Operation, Requester } from './operation.ts';

/** What its end leaves behind. */
export interface Account {
  readonly row: AuditRow;
  /** Null where nothing is announced. */
  readonly post: StoredPost | null;
}

export interface Unfinished {
  readonly operation: Operation;
  /** Who has asked to abort it, also where that was not acted upon yet. */
  readonly abortAskedBy: Requester | null;
}

export interface OperationStore {
  /** Durable when it resolves, with its card. Resolves to the running operation of the app instead where there is one. */
  begin(
    operation: Operation,
    card: WantedCard,
  ): Promise<{ readonly kind: 'begun' } | { readonly kind: 'busy'; readonly running: Operation }>;
  /** Writes the whole state and asks for its card to be shown. */
  save(operation: Operation, card: WantedCard): Promise<void>;
  /** `save` of an operation that has ended, and its account, in one transaction. */
  end(operation: Operation, card: WantedCard, account: Account): Promise<void>;
  /** Durable when it resolves; false where the operation has ended. */
  askAbort(id: string, by: Requester): Promise<boolean>;
  read(id: string): Promise<Operation | undefined>;
  /** Those that have not ended, oldest first. */
  unfinished(): Promise<readonly Unfinished[]>;
  running(app: string): Promise<Operation | undefined>;
  /** Ended ones of the app, newest first. */
  recent(app: string, limit: number): Promise<readonly Operation[]>;
}
