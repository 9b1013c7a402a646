// The doctor's look at the database's place, on a real disk: what it finds, and that it leaves no trace.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { known, notAsked } from '../../../src/lib/asked.ts';
import { openStore } from '../../../src/store/database.ts';
import { examineDisk } from '../../../src/store/examine.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelab-bot-disk-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function everything(): string[] {
  return readdirSync(folder, { recursive: true }).map(String).sort();
}

test('a folder that is not there yet: the one above it is looked at, and nothing is made', () => {
  const facts = examineDisk(join(folder, 'a', 'b', 'bot.db'));
  expect(facts).toMatchObject({
    size: null,
    folder: known({ path: folder, isThere: false, writable: true }),
    network: known(null),
    lock: known('free'),
  });
  expect(facts.freeBytes).toEqual(known(expect.any(Number)));
  expect(everything()).toEqual([]);
});

test('a bot that runs holds the lock; once it has ended it is free', async () => {
  const path = join(folder, 'bot.db');
  const store = await openStore({ path, log: pino({ level: 'silent' }), now: () => new Date() });
  const before = everything();
  try {
    expect(examineDisk(path)).toMatchObject({
      size: expect.any(Number),
      folder: known({ path: folder, isThere: true, writable: true }),
      lock: known('held'),
    });
    expect(everything()).toEqual(before);
  } finally {
    await store.close();
  }
  const after = everything();
  expect(examineDisk(path).lock).toEqual(known('free'));
  expect(everything()).toEqual(after);
});

test('a lock that is no database is told, and not taken for a bot', () => {
  writeFileSync(join(folder, 'bot.db.lock'), 'x'.repeat(4096));
  expect(examineDisk(join(folder, 'bot.db')).lock).toMatchObject({
    kind: 'odd',
    why: expect.stringContaining('bot.db.lock cannot be read'),
  });
});

test('a file where the folder should be', () => {
  writeFileSync(join(folder, 'data'), '');
  expect(examineDisk(join(folder, 'data', 'bot.db'))).toMatchObject({
    folder: { kind: 'odd', why: expect.stringContaining('data is no folder') },
    network: notAsked,
    freeBytes: notAsked,
    lock: notAsked,
  });
});
