// Queries about incidents, on a real database.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { type Incident, provisionalKey } from '../../../src/alerts/incident.ts';
import { type OpenedStore, openStore } from '../../../src/store/database.ts';
import { alertStore } from '../../../src/store/incidents.ts';

let folder: string;
let store: OpenedStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelab-store-'));
  store = await open();
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function open(): Promise<OpenedStore> {
  return openStore({ path: join(folder, 'bot.db'), log: pino({ level: 'silent' }), now: () => new Date() });
}

function incident(id: string, more: Partial<Incident> = {}, fingerprints: readonly string[] = []): Incident {
  return {
    id,
    receiver: 'discord',
    groupKey: id,
    groupLabels: {},
    externalURL: '',
    openedAt: 1,
    closedAt: null,
    truncated: 0,
    alerts: fingerprints.map((fingerprint) => ({
      fingerprint,
      labels: {},
      annotations: {},
      generatorURL: '',
      startsAt: 1,
      endsAt: null,
      state: 'firing',
      missingSince: null,
      seenAt: 1,
    })),
    ...more,
  };
}

async function write(...incidents: readonly Incident[]): Promise<void> {
  for (const one of incidents) await alertStore(store).change((tx) => tx.write(one, null));
}

test('a provisional incident is found by its labels, and by an alert that it holds', async () => {
  const labels = { alertname: 'Down', namespace: 'shop' };
  const key = provisionalKey(labels);
  await write(
    incident('own', { groupKey: key, groupLabels: labels }, ['a', 'b']),
    incident('other', { groupKey: provisionalKey({ alertname: 'Up' }) }, ['c']),
    incident('elsewhere', { groupKey: key, receiver: 'mail' }, ['d']),
    incident('told', { groupKey: '{}:{}' }, ['e']),
  );
  const found = async (...asked: [string, string[]]) => (await alertStore(store).provisional('discord', ...asked))?.id;
  expect(await found(key, ['x'])).toBe('own');
  expect(await found(key, ['c'])).toBe('own');
  expect(await found(provisionalKey({ alertname: 'Else' }), ['x', 'c'])).toBe('other');
  expect(await found(provisionalKey({}), ['d', 'e'])).toBeUndefined();
});

test('once a notification took it over, it is found as the incident of its group, and not as provisional', async () => {
  const key = provisionalKey({});
  await write(incident('one', { groupKey: key }, ['a']), incident('one', { groupKey: '{}:{}' }, ['a']));
  expect(await alertStore(store).provisional('discord', key, ['a'])).toBeUndefined();
  expect((await alertStore(store).latest('discord', '{}:{}'))?.id).toBe('one');
});

test('the newest incident of a group is found by its labels, whatever they hold', async () => {
  const labels = { alertname: 'Ü "quoted" \\ \u2028', 'a.b': '', z: "'; drop table incidents" };
  await write(
    incident('old', { groupLabels: labels, openedAt: 1, closedAt: 2 }),
    incident('new', { groupLabels: labels, openedAt: 3 }),
    incident('other', { groupLabels: { ...labels, z: '' }, openedAt: 4 }),
    incident('mail', { groupLabels: labels, receiver: 'mail', openedAt: 5 }),
  );
  const newest = await alertStore(store).change((tx) => tx.newestOf('discord', labels));
  expect(newest?.id).toBe('new');
  expect(await alertStore(store).change((tx) => tx.newestOf('discord', {}))).toBeUndefined();
});

test('open incidents are read page by page', async () => {
  await write(...['b', 'd', 'a'].map((id) => incident(id)), incident('c', { closedAt: 5 }));
  const ids = async (after: string) => (await alertStore(store).openAfter(after, 2)).map(({ id }) => id);
  expect(await ids('')).toEqual(['a', 'b']);
  expect(await ids('b')).toEqual(['d']);
  expect(await ids('d')).toEqual([]);
});

test('receivers that have called are kept over a restart, each once', async () => {
  for (const [name, at] of [
    ['discord', 1],
    ['discord', 2],
    ['mail', 3],
  ] as const)
    await alertStore(store).change((tx) => tx.called(name, at));
  await store.close();
  store = await open();
  expect([...(await alertStore(store).callers())].sort()).toEqual(['discord', 'mail']);
});

describe('an incident of more alerts than one row holds', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`);
  const parts = async () =>
    (await store.db.selectFrom('incident_parts').select(['part', 'alerts']).orderBy('part').execute()).map(
      ({ part, alerts }) => [part, JSON.parse(alerts).length],
    );

  test('is read as it was written, whichever way it is asked for', async () => {
    const big = incident('big', { groupLabels: { a: 'b' } }, many(1050));
    await write(incident('small', {}, ['x']), big);
    const from = alertStore(store);
    expect(await from.read('big')).toEqual(big);
    expect(await from.latest('discord', 'big')).toEqual(big);
    expect(await from.openAfter('', 10)).toEqual([big, incident('small', {}, ['x'])]);
    expect(await from.change((tx) => tx.newestOf('discord', { a: 'b' }))).toEqual(big);
    expect(await parts()).toEqual([
      [0, 200],
      [1, 200],
      [2, 200],
      [3, 200],
      [4, 50],
    ]);
  });

  test('leaves nothing of the alerts behind that it no longer has', async () => {
    await write(incident('big', {}, many(1050)), incident('big', {}, many(500)));
    expect(await parts()).toEqual([
      [0, 200],
      [1, 100],
    ]);
    await write(incident('big', {}, ['a']));
    expect(await parts()).toEqual([]);
    expect(await alertStore(store).read('big')).toEqual(incident('big', {}, ['a']));
  });

  test('is found as provisional by any of its alerts', async () => {
    const key = provisionalKey({ alertname: 'Up' });
    await write(incident('big', { groupKey: key }, many(1050)));
    const asked = async (name: string) =>
      (await alertStore(store).provisional('discord', provisionalKey({}), [name]))?.id;
    expect(await asked('f1049')).toBe('big');
    expect(await asked('f1050')).toBeUndefined();
  });

  test('has its alerts written again only where they have changed', async () => {
    await write(incident('big', {}, many(500)));
    await store.commit((tx) =>
      sql`create trigger no_more before update on incident_parts begin select raise(abort, 'written again'); end`.execute(
        tx,
      ),
    );
    const change = (how: (read: Incident) => Incident) =>
      alertStore(store).change(async (tx) => {
        const read = await tx.read('big');
        if (read !== undefined) await tx.write(how(read), null);
      });
    await change((read) => ({ ...read, truncated: 7 }));
    expect(await alertStore(store).read('big')).toEqual(incident('big', { truncated: 7 }, many(500)));
    await expect(change((read) => ({ ...read, alerts: [...read.alerts] }))).rejects.toThrow('written again');
  });
});
