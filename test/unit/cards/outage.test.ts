// What is told of a time without Discord, over a real store: once, when it is over, and only where it was long.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { createOutages, type Outages } from '../../../src/cards/outage.ts';
import { unpack } from '../../../src/lib/json.ts';
import type { Message } from '../../../src/message.ts';
import { type OpenedStore, openStore } from '../../../src/store/database.ts';
import { outageStore } from '../../../src/store/outages.ts';

const log = pino({ level: 'silent' });
const minute = 60_000;
const t0 = Date.parse('2026-11-23T20:00:00Z');

let folder: string;
let store: OpenedStore;
/** The clock that never jumps, and the one on the wall. */
let time: number;
let wall: number;
let count: number;
let running: Outages[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homelab-bot-outage-'));
  store = await openStore({ path: join(folder, 'bot.db'), log, now: () => new Date(wall) });
  time = 1000;
  wall = t0;
  count = 0;
  running = [];
});

afterEach(async () => {
  for (const one of running) await one.stop();
  await store.close();
  rmSync(folder, { recursive: true });
});

async function started(): Promise<Outages> {
  const outages = createOutages({
    store: outageStore(store),
    publisher: { wake: () => undefined, waiting: async () => ({ count }) },
    channelId: '1',
    log,
    now: () => new Date(wall),
    clock: () => time,
  });
  running.push(outages);
  await outages.start();
  return outages;
}

async function connected(): Promise<Outages> {
  const outages = await started();
  outages.session('ready');
  return outages;
}

function pass(ms: number): void {
  time += ms;
  wall += ms;
}

/** What was asked of the store by now is under way. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function written(): Promise<{ ms: number } | undefined> {
  return store.db.selectFrom('outages').select('ms').executeTakeFirst();
}

/** Whatever was decided is written down by then. */
async function posts(): Promise<readonly Message[]> {
  for (const one of running) await one.stop();
  const rows = await store.db.selectFrom('posts').select('message').execute();
  return rows.map(({ message }) => unpack(message) as Message);
}

test('a long one is told once, with from when until when and what waited, without a sound', async () => {
  const outages = await connected();
  outages.session('connecting');
  pass(12 * minute);
  count = 3;
  outages.session('ready');
  outages.session('ready');
  outages.request(true);
  const [message, ...more] = await posts();
  expect(more).toEqual([]);
  expect(message).toMatchObject({
    headline: '🔵 homelab-bot was without Discord for 12m',
    text: [
      ['From ', { time: new Date(t0), style: 'full' }, ' until ', { time: new Date(t0 + 12 * minute), style: 'full' }],
      '3 messages waited; what is shown now is the newest state.',
      'Commands and buttons were not answered meanwhile.',
    ],
  });
  const [card] = await store.db.selectFrom('cards').selectAll().execute();
  expect(card).toMatchObject({ kind: 'post', channel_id: '1', ring: 0 });
});

test('a short one is told to nobody', async () => {
  const outages = await connected();
  outages.session('connecting');
  pass(5 * minute - 1);
  outages.session('ready');
  expect(await posts()).toEqual([]);
});

test('many short ones do not add up', async () => {
  const outages = await connected();
  for (let index = 0; index < 4; index += 1) {
    outages.session('connecting');
    pass(4 * minute);
    outages.session('ready');
    pass(minute);
  }
  expect(await posts()).toEqual([]);
});

test('messages that do not get through count too, although the session is there', async () => {
  const outages = await connected();
  outages.request(false);
  pass(3 * minute);
  outages.request(false);
  pass(3 * minute);
  count = 1;
  outages.request(true);
  expect(await posts()).toMatchObject([
    {
      headline: '🔵 homelab-bot was without Discord for 6m',
      text: [expect.anything(), '2 messages waited; what is shown now is the newest state.', expect.anything()],
    },
  ]);
});

test('it is over when both are back; what waited is what waited before any of it was shown', async () => {
  const outages = await connected();
  outages.session('connecting');
  outages.request(false);
  pass(6 * minute);
  count = 9;
  outages.request(true);
  await turn();
  pass(minute);
  count = 0;
  outages.session('ready');
  expect(await posts()).toMatchObject([
    {
      headline: '🔵 homelab-bot was without Discord for 7m',
      text: [expect.anything(), '10 messages waited; what is shown now is the newest state.', expect.anything()],
    },
  ]);
});

test('one that began with the start is told like any other', async () => {
  const outages = await started();
  pass(6 * minute);
  outages.session('ready');
  expect(await posts()).toMatchObject([{ headline: '🔵 homelab-bot was without Discord for 6m' }]);
});

test('one that outlives the process is told by the next, from its beginning', async () => {
  const before = await started();
  while ((await written()) === undefined) await turn();
  pass(4 * minute);
  await before.stop();
  pass(60 * minute);
  count = 2;
  const after = await started();
  await turn();
  count = 0;
  pass(2 * minute);
  after.session('ready');
  const [message] = await posts();
  expect(message).toMatchObject({ headline: '🔵 homelab-bot was without Discord for 1h6m' });
  expect(message?.text).toContain('The bot was restarted in this time.');
  expect(message?.text).toContain('2 messages waited; what is shown now is the newest state.');
});

test('one in which the process is killed lasts as long as was last written down, every half a minute', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
  try {
    const killed = await connected();
    killed.session('connecting');
    while ((await written()) === undefined) await turn();
    for (const ms of [2 * minute, 4 * minute]) {
      pass(2 * minute);
      jest.advanceTimersByTime(30_000);
      while ((await written())?.ms !== ms) await turn();
    }
  } finally {
    jest.useRealTimers();
  }
  const after = await started();
  pass(minute);
  after.session('ready');
  expect(await posts()).toMatchObject([{ headline: '🔵 homelab-bot was without Discord for 5m' }]);
});

test('time in which no bot ran makes no short one long', async () => {
  const before = await connected();
  before.session('connecting');
  pass(minute);
  await before.stop();
  pass(24 * 60 * minute);
  await connected();
  expect(await posts()).toEqual([]);
});

test('one that is over is not told by the next process again', async () => {
  const before = await connected();
  before.session('connecting');
  pass(6 * minute);
  before.session('ready');
  await before.stop();
  await connected();
  expect(await posts()).toHaveLength(1);
});

test.each([
  ['forward', 365 * 24 * 60 * minute, 0],
  ['back', -365 * 24 * 60 * minute, 0],
  ['forward', 365 * 24 * 60 * minute, 6 * minute],
  ['back', -365 * 24 * 60 * minute, 6 * minute],
])(
  'a clock on the wall that jumps %s makes none of nothing, and shows no end before the start',
  async (_, jump, away) => {
    const outages = await connected();
    outages.session('connecting');
    wall += jump;
    pass(away);
    outages.session('ready');
    const all = await posts();
    expect(all.map(({ headline }) => headline)).toEqual(away > 0 ? ['🔵 homelab-bot was without Discord for 6m'] : []);
    const times = JSON.stringify(all).match(/\d{4}-\d\d-\d\dT[^"]+/g) ?? [];
    expect(times.toSorted()).toEqual(times);
  },
);

test('a disk that takes nothing delays what is told, and changes nothing about it', async () => {
  const outages = await connected();
  const lock = new DatabaseSync(join(folder, 'bot.db'));
  lock.exec('BEGIN IMMEDIATE');
  outages.session('connecting');
  pass(6 * minute);
  outages.session('ready');
  await expect(store.commit(async (tx) => void (await tx.deleteFrom('answers').execute()))).rejects.toThrow(
    'The database could not be written',
  );
  lock.exec('ROLLBACK');
  lock.close();
  outages.session('connecting');
  outages.session('ready');
  expect(await posts()).toMatchObject([{ headline: '🔵 homelab-bot was without Discord for 6m' }]);
});
