// SQLite's write-ahead log, made durable by a thread: the event loop goes on while the disk takes what was committed.
import { closeSync, fdatasync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { StoreFailed } from './store.ts';

export interface Wal {
  /**
   * Resolves once all that was committed is durable. One at a time.
   * @throws StoreFailed, or what node:sqlite throws, where the disk refuses, or takes too long.
   */
  sync(): Promise<void>;
  /** The sync that is under way. */
  syncing(): Promise<void> | null;
  close(): void;
}

const syncFile = promisify(fdatasync);

/** As long as this a disk may take, in milliseconds: whoever waits for it is told sooner than Alertmanager, which is told so after 10 s. */
const patienceMs = 4000;

/**
 * For a connection with `synchronous=NORMAL`: a commit then writes to the log and leaves it to others to sync it
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 * @param options `sync` is what makes a file durable, `limitMs` how long it may take; others in tests.
 * @throws what `openSync` throws where there is no log.
 */
export function openWal(
  path: string,
  raw: DatabaseSync,
  options: { readonly sync?: (fd: number) => Promise<void>; readonly limitMs?: number } = {},
): Wal {
  const { sync = syncFile, limitMs = patienceMs } = options;
  const fd = openSync(`${path}-wal`, 'r');
  let isDoubtful = false;
  let current: Promise<void> | null = null;
  /** What the disk is at, also where nobody waits for it any more. */
  let disk: Promise<void> | null = null;

  function begin(): Promise<void> {
    const begun = sync(fd)
      .catch(() => {
        isDoubtful = true;
      })
      .finally(() => {
        disk = null;
      });
    disk = begun;
    return begun;
  }

  async function inTime(work: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new StoreFailed(`the disk has not taken it within ${limitMs / 1000} s`)),
      limitMs,
    );
    await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
  }

  async function make(): Promise<void> {
    // What one that was given up on takes was written before.
    if (disk !== null) await inTime(disk);
    if (!isDoubtful) await inTime(begin());
    if (!isDoubtful) return;
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
