// The database as the query files see it: reads, and writes that share one durable commit.
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export type Reader = Kysely<Tables> | Transaction<Tables>;

/**
 * Called when the transaction is committed, before it is durable: for what can be made ready while the disk syncs. Nobody may see anything of it
 * before `durable` resolves; where that rejects, or this throws, so does the commit.
 */
export type Meanwhile<T> = (value: T, durable: Promise<void>) => void;

export interface Store {
  /** For reads: they see what is durable. */
  readonly db: Kysely<Tables>;
  /**
   * Runs `work` in a transaction; what arrives in the same moment shares it, so that many writes cost one sync of the disk. Resolves once it is
   * durable; rejects with `StoreFailed` when the disk or file refuses, or with what `work` threw (which undoes that work alone).
   * `work` may run twice and must do nothing but use `tx`.
   */
  commit<T>(work: (tx: Transaction<Tables>) => Promise<T>, meanwhile?: Meanwhile<T>): Promise<T>;
  /** `failed` from a commit that the disk refused until one succeeds. */
  state(): 'open' | 'failed';
  /** Called when one succeeds again: one that was refused because its sync failed or took too long may be in the file all the same. */
  onRecovered(listener: () => void): void;
  close(): Promise<void>;
}

/** The disk or the database file refused: full, read-only, locked or corrupt. Without a stack: it may be logged several times a second. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
  override readonly stack: string;

  /** @param reason in SQLite's words. */
  constructor(reason: string) {
    super(`The database could not be written: ${reason}`);
    this.stack = `${this.name}: ${this.message}`;
  }
}
