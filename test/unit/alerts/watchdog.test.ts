// The dead man's switch over a real store: what it writes down, what it asks to be shown, and what a restart or a failing disk changes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { stalledMs } from '../../../src/alerts/absence.ts';
import { createWatchdog, type Watchdog, type WatchdogOptions } from '../../../src/alerts/watchdog.ts';
import type { CardRecord, WantedCard } from '../../../src/cards/card.ts';
import { foldingRule } from '../../../src/cards/fold.ts';
import type { Message } from '../../../src/message.ts';
import { cardLedger } from '../../../src/store/cards.ts';
import { type OpenedStore, openStore } from '../../../src/store/database.ts';
import { removeOldAbsences, watchdogStore } from '../../../src/store/watchdog.ts';
import { minute, notification, t0 } from './notifications.ts';

const log = pino({ level: 'silent' });
const beat = notification([{ labels: { alertname: 'Watchdog' } }]);
const end = notification([{ labels: { alertname: 'Watchdog' }, status: 'resolved' }]);
const other = notification([{ labels: { alertname: 'NodeDown' } }]);

let folder: string;
let store: OpenedStore;
/** The clock that never jumps, and the one on the wall. */
let time: number;
let wall: number;
let woken: string[];
let fromMemory: { wanted: WantedCard; message: Message }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homelab-bot-watchdog-'));
  store = await openStore({ path: join(folder, 'bot.db'), log, now: () => new Date(wall) });
  time = 1000;
  wall = t0;
  woken = [];
  fromMemory = [];
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** A process; one that listens, but whose timer the test is. */
function listening(options: Partial<WatchdogOptions> = {}): Watchdog {
  return createWatchdog({
    store: watchdogStore(store),
    publisher: {
      wake: (channelId) => woken.push(channelId),
      showUnwritten: async ({ wanted, message }) => void fromMemory.push({ wanted, message }),
      unwrittenMessage: (id) => (fromMemory.some(({ wanted }) => wanted.id === id) ? 'm-1' : undefined),
      forgetUnwritten: () => undefined,
    },
    routes: [],
    defaultChannelId: '1',
    alertname: 'Watchdog',
    afterMs: 10 * minute,
    armed: false,
    log,
    now: () => new Date(wall),
    clock: () => time,
    ...options,
  });
}

/** Time goes by as it does for a bot that runs: looked at every few seconds. */
async function pass(watchdog: Watchdog, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 5000) {
    time += Math.min(left, 5000);
    wall += Math.min(left, 5000);
    await watchdog.check();
  }
}

async function cards(): Promise<readonly CardRecord[]> {
  const rows = await store.db.selectFrom('cards').select('id').orderBy('wanted_at').execute();
  const records = await Promise.all(rows.map(({ id }) => cardLedger(store, foldingRule).get(id)));
  return records.filter((record) => record !== undefined);
}

async function headlines(watchdog: Watchdog): Promise<unknown[]> {
  const shown = await Promise.all((await cards()).map(({ id }) => watchdog.show(id)));
  return shown.map((message) => message?.headline);
}

const missing = '🔴 critical firing: no Watchdog for more than 10m: alerts may be missing';

describe('nobody waits for it', () => {
  test('before the first one was heard, however long it stays away', async () => {
    const watchdog = listening();
    await watchdog.hear(other);
    await pass(watchdog, 30 * minute);
    expect(await cards()).toEqual([]);
  });
});

describe('its absence is one card', () => {
  test('from the first one ever heard on, after a restart too', async () => {
    await listening().hear(beat);
    const next = listening();
    await pass(next, 10 * minute - 1);
    expect(await cards()).toEqual([]);
    await pass(next, 1);
    expect(await headlines(next)).toEqual([missing]);
  });

  test('where the configuration asks for it and it was never heard, counted from the start', async () => {
    const watchdog = listening({ armed: true });
    await pass(watchdog, 10 * minute);
    const [card] = await cards();
    expect(card).toMatchObject({ kind: 'watchdog', channelId: '1', priority: 0, ring: true, open: true });
    expect(woken).toEqual(['1']);
  });

  test('that is asked for once, however often one looks, and after each restart', async () => {
    const watchdog = listening({ armed: true });
    await pass(watchdog, 40 * minute);
    const next = listening({ armed: true });
    await pass(next, 40 * minute);
    expect(await cards()).toMatchObject([{ revision: 1 }]);
    expect(woken).toEqual(['1']);
  });

  test('that ends when it returns, also in another process, and the next absence is another one', async () => {
    const watchdog = listening();
    await watchdog.hear(beat);
    expect(watchdog.doubt()).toBeNull();
    await pass(watchdog, 12 * minute);
    expect(watchdog.doubt()).toContain('alerts may be missing');
    const next = listening();
    await next.hear(beat);
    expect(next.doubt()).toBeNull();
    expect(await headlines(next)).toEqual(['✅ resolved: Watchdog is back after 12m']);
    expect(await cards()).toMatchObject([{ revision: 2, open: false }]);
    await next.hear(beat);
    expect(await cards()).toMatchObject([{ revision: 2 }]);
    await pass(next, 10 * minute);
    expect(await headlines(next)).toEqual(['✅ resolved: Watchdog is back after 12m', missing]);
  });

  test('where a route leads it, with whom that mentions', async () => {
    const routes = [
      { match: { alertname: 'Watchdog', severity: 'warning' }, channel: '7', mention: [] },
      { match: { alertname: 'Watchdog', severity: 'critical' }, channel: '8', mention: ['5'], ring: false },
      { match: {}, channel: '9', mention: [] },
    ];
    const watchdog = listening({ armed: true, routes });
    await pass(watchdog, 10 * minute);
    expect(await cards()).toMatchObject([{ channelId: '8', mentionRoles: ['5'], ring: false }]);
  });
});

describe('it is waited for anew', () => {
  test('with each one that is heard', async () => {
    const watchdog = listening();
    for (let count = 0; count < 4; count += 1) {
      await watchdog.hear(beat);
      await pass(watchdog, 9 * minute);
    }
    expect(await cards()).toEqual([]);
  });

  test('but not for its end, nor for other alerts', async () => {
    const watchdog = listening();
    await watchdog.hear(beat);
    await pass(watchdog, 9 * minute);
    await watchdog.hear(end);
    await watchdog.hear(other);
    await pass(watchdog, minute);
    await watchdog.hear(end);
    expect(await headlines(watchdog)).toEqual([missing]);
    expect(JSON.stringify(await watchdog.show((await cards())[0]?.id ?? ''))).toContain('hears nothing of Prometheus');
  });

  test('where its end is the first that is ever heard: for the whole time from then', async () => {
    const watchdog = listening();
    await pass(watchdog, 30 * minute);
    await watchdog.hear(end);
    await pass(watchdog, 9 * minute);
    expect(await cards()).toEqual([]);
    await pass(watchdog, minute);
    expect(await cards()).toHaveLength(1);
  });

  test('at each start, however long the bot was down', async () => {
    await listening().hear(beat);
    wall += 24 * 60 * minute;
    time += 24 * 60 * minute;
    const next = listening();
    await pass(next, 9 * minute);
    expect(await cards()).toEqual([]);
  });

  test('after the process stood still', async () => {
    const watchdog = listening();
    await watchdog.hear(beat);
    await pass(watchdog, 9 * minute);
    time += stalledMs + 1;
    await watchdog.check();
    await pass(watchdog, 9 * minute);
    expect(await cards()).toEqual([]);
  });

  test('after a notification that was refused unread', async () => {
    const watchdog = listening();
    await watchdog.hear(beat);
    await pass(watchdog, 9 * minute);
    watchdog.missed();
    await pass(watchdog, 9 * minute);
    expect(await cards()).toEqual([]);
  });
});

test.each([
  ['forward', 365 * 24 * 60 * minute],
  ['back', -365 * 24 * 60 * minute],
])('a clock on the wall that jumps %s raises no alarm and delays none', async (_direction, jump) => {
  const watchdog = listening();
  await watchdog.hear(beat);
  wall += jump;
  await pass(watchdog, 9 * minute);
  expect(await cards()).toEqual([]);
  await pass(watchdog, minute);
  expect(await headlines(watchdog)).toEqual([missing]);
});

describe('another configuration', () => {
  test('that no longer asks for one that was never heard: its card ends, and says so', async () => {
    await pass(listening({ armed: true }), 10 * minute);
    const next = listening();
    await next.check();
    expect(await headlines(next)).toEqual(['⚪ Watchdog is no longer waited for']);
    expect(await cards()).toMatchObject([{ open: false }]);
  });

  test('that names another alert: the old card ends, and the other is waited for', async () => {
    await pass(listening({ armed: true }), 10 * minute);
    const next = listening({ armed: true, alertname: 'Heartbeat' });
    await pass(next, 10 * minute);
    expect(await headlines(next)).toEqual([
      '⚪ Watchdog is no longer waited for',
      missing.replace('Watchdog', 'Heartbeat'),
    ]);
  });

  test('that asks for the same absence again takes the same card', async () => {
    await pass(listening({ armed: true }), 10 * minute);
    await listening().check();
    const next = listening({ armed: true });
    await pass(next, 10 * minute);
    expect(await headlines(next)).toEqual([missing]);
  });
});

describe('a disk that takes nothing', () => {
  let lock: DatabaseSync;

  beforeEach(() => {
    lock = new DatabaseSync(join(folder, 'bot.db'));
    lock.exec('BEGIN IMMEDIATE');
  });

  afterEach(() => lock.close());

  test('hides no absence: it is shown from memory once, and written down when that works again', async () => {
    const watchdog = listening({ armed: true, afterMs: minute });
    await pass(watchdog, minute + 10_000);
    expect(fromMemory).toMatchObject([
      { wanted: { kind: 'watchdog', channelId: '1', open: true }, message: { tone: 'critical' } },
    ]);
    lock.exec('ROLLBACK');
    await watchdog.check();
    expect(await cards()).toMatchObject([{ id: fromMemory[0]?.wanted.id, messageId: 'm-1', revision: 1, open: true }]);
    await watchdog.hear(beat);
    expect(await cards()).toMatchObject([{ revision: 2, open: false }]);
  });

  test('makes nobody deaf: what was heard counts, although it is told that it could not be written', async () => {
    const watchdog = listening({ afterMs: minute });
    await expect(watchdog.hear(beat)).rejects.toThrow('The database could not be written');
    await pass(watchdog, 40_000);
    await expect(watchdog.hear(beat)).rejects.toThrow('The database could not be written');
    lock.exec('ROLLBACK');
    await pass(watchdog, 40_000);
    expect(await cards()).toEqual([]);
    await pass(watchdog, 20_000);
    expect(await cards()).toHaveLength(1);
  });
});

test('an absence that was over before the time is removed with its card, once its end is shown', async () => {
  const watchdog = listening();
  await watchdog.hear(beat);
  await pass(watchdog, 10 * minute);
  const later = wall + minute;
  expect(await removeOldAbsences(store, later)).toBe(0);
  await watchdog.hear(beat);
  expect(await removeOldAbsences(store, later)).toBe(0);
  const [card] = await cards();
  await cardLedger(store, foldingRule).shown(card?.id ?? '', 'm-1', 2, wall);
  expect(await removeOldAbsences(store, wall)).toBe(0);
  expect(await removeOldAbsences(store, later)).toBe(1);
  expect(await cards()).toEqual([]);
});

test('by itself it looks at the clock until it is stopped', async () => {
  const watchdog = listening({ armed: true });
  time += 24 * 60 * minute;
  watchdog.start();
  await watchdog.stop();
  expect(await cards()).toEqual([]);
  expect(await store.db.selectFrom('watches').selectAll().execute()).toMatchObject([{ alertname: 'Watchdog' }]);
});
