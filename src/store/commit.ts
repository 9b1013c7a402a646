// Group commit: what arrives in the same moment shares one transaction, and so one sync of the disk.
import { isNativeError } from 'node:util/types';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { sqliteCode } from './sqlite.ts';
import { type Meanwhile, type Store, StoreFailed } from './store.ts';
import type { Tables } from './tables.ts';
import type { Wal } from './wal.ts';

interface Waiting {
  readonly run: (tx: Transaction<Tables>) => Promise<unknown>;
  readonly meanwhile: (value: unknown, durable: Promise<void>) => void;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

// A constraint or a wrong statement is our mistake; these are the disk's or the file's doing.
const storeCodes = new Set([3, 5, 6, 8, 10, 11, 13, 14, 26]);

/** More than this in one transaction would keep the event loop from Discord's deadlines. */
const batchSize = 64;

/** Between two tries of a database that takes no writes, in milliseconds. */
const defaultProbeMs = 10_000;

/**
 * Serialises all writes of this process; see `Store.commit`. That the database takes none any more is logged once, and so is that it does again, for
 * which it is tried every `probeMs`. `end` resolves once nothing is left to be written.
 */
export function groupCommit(
  db: Kysely<Tables>,
  wal: Pick<Wal, 'sync'>,
  log: Logger,
  probeMs = defaultProbeMs,
): Pick<Store, 'commit' | 'state' | 'onRecovered'> & { end(): Promise<void> } {
  const queue: Waiting[] = [];
  let draining: Promise<void> | null = null;
  let failed = false;
  let probe: NodeJS.Timeout | null = null;
  const listeners: (() => void)[] = [];

  async function together(batch: readonly Waiting[]): Promise<void> {
    const results: unknown[] = [];
    await db.transaction().execute(async (tx) => {
      for (const waiting of batch) results.push(await waiting.run(tx));
    });
    const durable = wal.sync();
    batch.forEach((waiting, index) => {
      waiting.meanwhile(results[index], durable);
    });
    await durable;
    if (failed) recovered();
    batch.forEach((waiting, index) => {
      waiting.resolve(results[index]);
    });
  }

  function recovered(): void {
    failed = false;
    log.info('The database takes writes again');
    for (const listener of listeners) listener();
  }

  /** Tells whether it was the store that refused; each of them is then told so. */
  function refusedByStore(batch: readonly Waiting[], error: unknown): boolean {
    if (!isOfStore(error)) return false;
    if (!failed)
      log.error(
        { err: error },
        'The database takes no writes: see that its disk has room and that nothing else holds it',
      );
    failed = true;
    probeLater();
    const reason = isNativeError(error) ? error.message : String(error);
    for (const { reject } of batch) reject(new StoreFailed(reason));
    return true;
  }

  /** Where nothing else is to be written, nobody would learn that it could be. */
  function probeLater(): void {
    probe ??= setTimeout(() => {
      probe = null;
      if (failed) commit((tx) => sql`pragma user_version = 0`.execute(tx)).catch(() => undefined);
    }, probeMs);
  }

  async function alone(waiting: Waiting): Promise<void> {
    try {
      await together([waiting]);
    } catch (error) {
      if (!refusedByStore([waiting], error)) waiting.reject(error);
    }
  }

  async function drain(): Promise<void> {
    // One turn of the event loop gathers what has already arrived.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const batch = queue.splice(0, batchSize);
      try {
        await together(batch);
      } catch (error) {
        // A mistake in one of them: each is tried alone, so that none fails for another's fault.
        if (!refusedByStore(batch, error)) for (const waiting of batch) await alone(waiting);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    draining = null;
  }

  function commit<T>(work: (tx: Transaction<Tables>) => Promise<T>, meanwhile?: Meanwhile<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      queue.push({
        run: work,
        meanwhile(value, durable) {
          try {
            meanwhile?.(value as T, durable);
          } catch (error) {
            // It is committed: to run the work again would do it twice.
            reject(error);
          }
        },
        resolve: (value) => resolve(value as T),
        reject,
      });
      draining ??= drain();
    });
  }

  return {
    commit,
    state: () => (failed ? 'failed' : 'open'),
    onRecovered: (listener) => void listeners.push(listener),
    async end() {
      while (draining !== null) await draining;
      if (probe !== null) clearTimeout(probe);
    },
  };
}

function isOfStore(error: unknown): boolean {
  const code = sqliteCode(error);
  return error instanceof StoreFailed || (code !== null && storeCodes.has(code));
}
