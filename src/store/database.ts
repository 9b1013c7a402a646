// Opens the database: refuses what cannot be trusted with it, sets a corrupt file aside, brings the schema up to date.
import { existsSync, mkdirSync, renameSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Logger } from 'pino';
import { Unusable } from '../lib/unusable.ts';
import { groupCommit } from './commit.ts';
import { migrations } from './migrations.ts';
import { refuseNetworkDisk } from './network-disk.ts';
import { codes, openSqlite, sqliteCode } from './sqlite.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';
import { openWal } from './wal.ts';

export interface OpenedStore extends Store {
  /** Where a corrupt file was moved at this start; null when none was. */
  readonly setAside: string | null;
}

/**
 * @param path of the database file; its folder is made when missing.
 * @throws Unusable when it is on a network file system, locked by another process, or cannot be opened or written.
 */
export async function openStore(options: { path: string; log: Logger; now: () => Date }): Promise<OpenedStore> {
  const { path, log, now } = options;
  prepareFolder(path);
  const release = lock(path);
  try {
    const setAside = await setAsideIfCorrupt(path, now());
    if (setAside !== null)
      log.error({ setAside }, 'The database was corrupt: it was set aside and a fresh one is used');
    const opened = await open(path, log);
    return {
      ...opened,
      setAside,
      async close() {
        await opened.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw explain(path, error);
  }
}

function prepareFolder(path: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
    refuseNetworkDisk(path, statfsSync(folder).type);
  } catch (error) {
    throw explain(path, error);
  }
}

/** Held for the life of the process, released by its death however it dies; readers of the database are not hindered. */
function lock(path: string): () => void {
  try {
    const held = new DatabaseSync(`${path}.lock`, { timeout: 0 });
    try {
      held.exec('PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE');
    } catch (error) {
      held.close();
      throw error;
    }
    return () => held.close();
  } catch (error) {
    throw explain(path, error);
  }
}

async function setAsideIfCorrupt(path: string, now: Date): Promise<string | null> {
  if (!existsSync(path) || isSound(path)) return null;
  const suffix = `.corrupt-${now.toISOString().replaceAll(':', '-')}`;
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file)) renameSync(file, `${file}${suffix}`);
  }
  return `${path}${suffix}`;
}

function isSound(path: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 2000 });
    const found = database.prepare('PRAGMA quick_check(1)').get();
    return found?.['quick_check'] === 'ok';
  } catch (error) {
    const code = sqliteCode(error);
    if (code === codes.corrupt || code === codes.notADatabase) return false;
    throw error;
  } finally {
    database?.close();
  }
}

async function open(path: string, log: Logger): Promise<Omit<OpenedStore, 'setAside'>> {
  const writing = openSqlite(path, { readOnly: false });
  // `wal.ts` syncs after each commit, which SQLite then need not.
  // 2 MiB of page cache: the working set is small, and memory is the homelab's. Waiting for a lock stops everything else in this process, so it
  // waits long only at the start.
  const pragmas = 'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-2048';
  const writer = new Kysely<Tables>({ dialect: writing.dialect });
  try {
    writing.raw.exec(pragmas);
    const migrator = new Migrator({ db: writer, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    writing.raw.exec('PRAGMA busy_timeout=100');
    const wal = openWal(path, writing.raw);
    // A connection of its own for reads, so that nobody acts on what is not durable yet.
    const db = new Kysely<Tables>({ dialect: openSqlite(path, { readOnly: true, after: wal.syncing }).dialect });
    await sql`select 1`.execute(db);
    const { commit, state, onRecovered, end } = groupCommit(writer, wal, log);
    return {
      db,
      commit,
      state,
      onRecovered,
      async close() {
        await end();
        await db.destroy();
        await writer.destroy();
        wal.close();
      },
    };
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}

function explain(path: string, error: unknown): Error {
  if (error instanceof Unusable) return error;
  const code = sqliteCode(error);
  if (code === codes.busy || code === codes.locked) {
    return new Unusable(
      `DATABASE_URL: ${path} is locked by another process; end the other homelab-bot or whatever holds it`,
    );
  }
  const why = error instanceof Error ? error.message : String(error);
  return new Unusable(
    `DATABASE_URL: ${path} cannot be opened (${why}); it needs a folder on a local disk that this user may write`,
  );
}
