// SQLite's write-ahead log, made durable by a thread: the event loop goes on while the disk takes what was committed.
import { closeSync, fdatasync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { StoreFailed } from './store.ts';

export interface Wal {
  /**
   * Resolves once all that was committed is durable. One at a time.
   * @throws StoreFailed, or what node:sqlite throws, where the disk refuses.
   */
  sync(): Promise<void>;
  /** The sync that is under way. */
  syncing(): Promise<void> | null;
  close(): void;
}

const syncFile = promisify(fdatasync);

/**
 * For a connection with `synchronous=NORMAL`: a commit then writes to the log and leaves it to others to sync it
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 * @param sync what makes a file durable; of another kind in tests.
 * @throws what `openSync` throws where there is no log.
 */
export function openWal(path: string, raw: DatabaseSync, sync: (fd: number) => Promise<void> = syncFile): Wal {
  const fd = openSync(`${path}-wal`, 'r');
  let isDoubtful = false;
  let current: Promise<void> | null = null;

  async function make(): Promise<void> {
    if (!isDoubtful) {
      try {
        await sync(fd);
        return;
      } catch {
        isDoubtful = true;
      }
    }
    // A sync that failed may have dropped what it should have written, and the next one would not say so: all of it goes into the database.
    const { busy } = raw.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {};
    if (busy !== 0) throw new StoreFailed('another program reads the database while its log could not be synced');
    isDoubtful = false;
  }

  return {
    sync() {
      const made = make().finally(() => {
        current = null;
      });
      current = made.catch(() => undefined);
      return made;
    },
    syncing: () => current,
    close: () => closeSync(fd),
  };
}
