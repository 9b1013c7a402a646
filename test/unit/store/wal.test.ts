// That "stored" means stored: the disk has taken a commit before anybody is told of it, and what happens where the disk refuses.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kysely, sql } from 'kysely';
import { pino } from 'pino';
import { groupCommit } from '../../../src/store/commit.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import type { Tables } from '../../../src/store/tables.ts';
import { openWal } from '../../../src/store/wal.ts';

let folder: string;
let path: string;
/** Undone in reverse. */
let ends: (() => unknown)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelab-bot-wal-'));
  path = join(folder, 'bot.db');
  ends = [];
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true });
});

/** A table of numbers, over a disk that answers each sync as `disk` does. */
async function open(disk: () => Promise<void>, limitMs = 5000) {
  const writing = openSqlite(path, { readOnly: false });
  const writer = new Kysely<Tables>({ dialect: writing.dialect });
  ends.push(() => writer.destroy());
  writing.raw.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10; CREATE TABLE t (n)');
  const wal = openWal(path, writing.raw, { sync: disk, limitMs });
  ends.push(() => wal.close());
  const reader = new Kysely<Tables>({ dialect: openSqlite(path, { readOnly: true, after: wal.syncing }).dialect });
  ends.push(() => reader.destroy());
  const store = groupCommit(writer, wal, pino({ level: 'silent' }), 20);
  ends.push(() => store.end());
  return {
    store,
    put: (n: number, meanwhile?: (n: number, durable: Promise<void>) => void) =>
      store.commit(async (tx) => {
        await sql`insert into t values (${n})`.execute(tx);
        return n;
      }, meanwhile),
    count: async () => (await sql<{ n: number }>`select count(*) as n from t`.execute(reader)).rows[0]?.n,
  };
}

test('what is written is told and read once the disk has taken it, and can be made ready meanwhile', async () => {
  const disk = Promise.withResolvers<void>();
  const order: string[] = [];
  const { put, count } = await open(() => disk.promise);
  const made = Promise.withResolvers<void>();
  const done = put(7, (n, durable) => {
    order.push(`${n} is committed`);
    void durable.then(() => order.push('it is durable'));
    made.resolve();
  }).then(() => order.push('it is told'));
  await made.promise;
  const read = count().then((n) => order.push(`${n} is read`));
  // The reader's turn comes and goes.
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(['7 is committed']);
  disk.resolve();
  await Promise.all([done, read]);
  expect(order).toEqual(['7 is committed', 'it is durable', expect.any(String), expect.any(String)]);
  expect(order).toEqual(expect.arrayContaining(['it is told', '1 is read']));
});

test('what was committed is not done twice where what follows from it fails', async () => {
  const { put, count } = await open(async () => undefined);
  const failing = put(1, () => {
    throw new TypeError('a defect');
  });
  const results = await Promise.allSettled([failing, put(2)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(await count()).toBe(2);
});

test('where the disk refuses to sync the log, all that is in it goes into the database', async () => {
  const { put, store } = await open(async () => {
    throw new Error('EIO: i/o error, fdatasync');
  });
  await put(1);
  expect(store.state()).toBe('open');
  expect(statSync(`${path}-wal`).size).toBe(0);
});

test('a log that could not be synced is not trusted again before all of it is in the database', async () => {
  let syncs = 0;
  const { put, store, count } = await open(async () => {
    syncs += 1;
    throw new Error('EIO: i/o error, fdatasync');
  });
  const other = new DatabaseSync(path, { readOnly: true });
  ends.push(() => other.close());
  other.exec('BEGIN; SELECT * FROM t');
  const refused = await Promise.allSettled([put(1), put(2)]);
  expect(refused.map((one) => one.status === 'rejected' && one.reason.name)).toEqual(['StoreFailed', 'StoreFailed']);
  expect(store.state()).toBe('failed');
  await expect(put(3)).rejects.toThrow('The database could not be written: another program reads the database');
  other.exec('COMMIT');
  await put(4);
  expect([store.state(), syncs, await count()]).toEqual(['open', 1, 4]);
});

test('a disk that does not answer is told as one that refuses; nothing is told as durable before it has taken it', async () => {
  const hangs = Promise.withResolvers<void>();
  let syncs = 0;
  const { put, store, count } = await open(() => {
    syncs += 1;
    return syncs === 1 ? hangs.promise : Promise.resolve();
  }, 20);
  await expect(put(1)).rejects.toThrow('the disk has not taken it within 0.02 s');
  expect(store.state()).toBe('failed');
  // Nobody has to wait for a disk that hangs to read what is known.
  expect(await count()).toBe(1);
  await expect(put(2)).rejects.toThrow('The database could not be written');
  expect(syncs).toBe(1);
  hangs.resolve();
  await put(3);
  expect([store.state(), syncs, await count()]).toEqual(['open', 2, 3]);
});

test('that the database takes writes again is found out though nobody writes', async () => {
  const { put, store } = await open(async () => {
    throw new Error('EIO: i/o error, fdatasync');
  });
  const other = new DatabaseSync(path, { readOnly: true });
  ends.push(() => other.close());
  other.exec('BEGIN; SELECT * FROM t');
  await expect(put(1)).rejects.toThrow('could not be written');
  expect(store.state()).toBe('failed');
  other.exec('COMMIT');
  while (store.state() === 'failed') await new Promise((resolve) => setTimeout(resolve, 5));
  expect(store.state()).toBe('open');
});
