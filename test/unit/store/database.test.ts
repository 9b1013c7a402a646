// The database on a real disk: what it refuses, what it survives, and that "stored" means stored.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CompiledQuery } from 'kysely';
import { pino } from 'pino';
import { type OpenedStore, openStore } from '../../../src/store/database.ts';

const said: { level: number; msg: string }[] = [];
const log = pino({ level: 'info' }, { write: (line) => said.push(JSON.parse(line)) });
let folder: string;
let path: string;
const opened: OpenedStore[] = [];

async function open(): Promise<OpenedStore> {
  const store = await openStore({ path, log, now: () => new Date() });
  opened.push(store);
  return store;
}

async function close(store: OpenedStore): Promise<void> {
  opened.splice(opened.indexOf(store), 1);
  await store.close();
}

function remember(store: OpenedStore, id: string): Promise<void> {
  return store.commit(async (tx) => {
    await tx.insertInto('interactions').values({ id, at: 1 }).execute();
  });
}

beforeEach(() => {
  said.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'homelab-bot-store-'));
  path = join(folder, 'nested', 'bot.db');
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

describe('what was committed', () => {
  test('is there after the next start', async () => {
    const first = await open();
    await remember(first, 'kept');
    await close(first);
    const second = await open();
    expect(await second.db.selectFrom('interactions').select('id').execute()).toEqual([{ id: 'kept' }]);
  });

  test('is seen by readers only once it is durable', async () => {
    const store = await open();
    let during: unknown[] = [];
    await store.commit(async (tx) => {
      await tx.insertInto('interactions').values({ id: 'new', at: 1 }).execute();
      during = await store.db.selectFrom('interactions').selectAll().execute();
    });
    expect(during).toEqual([]);
    expect(await store.db.selectFrom('interactions').selectAll().execute()).toHaveLength(1);
  });

  test('does not fail for the fault of another that came in the same moment', async () => {
    const store = await open();
    await remember(store, 'twice');
    const results = await Promise.allSettled([remember(store, 'a'), remember(store, 'twice'), remember(store, 'b')]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(store.state()).toBe('open');
    expect(await store.db.selectFrom('interactions').select('id').orderBy('id').execute()).toHaveLength(3);
  });
});

describe('a disk that takes no more', () => {
  test('fails the write, and the store is open again when the disk is, which is told once', async () => {
    const store = await open();
    const told: string[] = [];
    store.onRecovered(() => told.push(store.state()));
    const other = new DatabaseSync(path);
    const limit = other.prepare('PRAGMA page_count').get()?.['page_count'];
    other.close();
    await store.commit(async (tx) => {
      await tx.executeQuery(CompiledQuery.raw(`PRAGMA max_page_count=${Number(limit)}`));
    });
    const big = 'x'.repeat(500_000);
    const failures = await Promise.allSettled([remember(store, big), remember(store, big)]);
    await expect(remember(store, big)).rejects.toThrow('The database could not be written: database or disk is full');
    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(store.state()).toBe('failed');
    await store.commit(async (tx) => {
      await tx.executeQuery(CompiledQuery.raw('PRAGMA max_page_count=1000000'));
    });
    await remember(store, big);
    expect(store.state()).toBe('open');
    expect(told).toEqual(['open']);
    expect(said.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      '50 The database takes no writes: see that its disk has room and that nothing else holds it',
      '30 The database takes writes again',
    ]);
  });
});

describe('a database is refused in one sentence', () => {
  test('when another bot uses it', async () => {
    await open();
    await expect(openStore({ path, log, now: () => new Date() })).rejects.toThrow(
      /locked by another process; end the other/,
    );
  });

  test('when another program holds it locked', async () => {
    await close(await open());
    const other = new DatabaseSync(path);
    other.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
    await expect(openStore({ path, log, now: () => new Date() })).rejects.toThrow(/locked by another process/);
    other.close();
  });

  test('when its folder cannot be made', async () => {
    writeFileSync(join(folder, 'nested'), 'a file');
    await expect(open()).rejects.toThrow(/cannot be opened .*local disk/);
  });
});

describe('a corrupt database', () => {
  test('is set aside, and a fresh one is used', async () => {
    await close(await open());
    writeFileSync(path, 'this is not a database, and never was one'.repeat(200));
    const store = await open();
    expect(store.setAside).toMatch(/bot\.db\.corrupt-/);
    expect(readFileSync(store.setAside ?? '', 'utf8')).toContain('never was one');
    await remember(store, 'works');
  });

  test('with pages overwritten is noticed at the start', async () => {
    const first = await open();
    for (let i = 0; i < 200; i++) await remember(first, `${i}-${'y'.repeat(200)}`);
    await close(first);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 8192, 40_000);
    writeFileSync(path, bytes);
    const store = await open();
    expect(store.setAside).not.toBeNull();
    expect(readdirSync(join(folder, 'nested')).some((name) => name.includes('.corrupt-'))).toBe(true);
    expect(existsSync(path)).toBe(true);
  });
});

test('a value that SQLite cannot hold is refused, not bound by name', async () => {
  const store = await open();
  // What a type that promises more than it checks would let through.
  await expect(remember(store, { $id: 'x' } as unknown as string)).rejects.toThrow(
    'SQLite takes no object as a parameter',
  );
});
