// What waits for a channel goes in the order of its urgency, and what is long over is forgotten.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Incident } from '../../../src/alerts/incident.ts';
import { type AskedCard, priorities, recordOf, ringId, type WantedCard } from '../../../src/cards/card.ts';
import { foldingRule } from '../../../src/cards/fold.ts';
import { cardLedger, wantCard } from '../../../src/store/cards.ts';
import { type OpenedStore, openStore } from '../../../src/store/database.ts';
import { alertStore, removeEndedIncidents } from '../../../src/store/incidents.ts';
import { reviewRing, wantRing } from '../../../src/store/rings.ts';

const log = pino({ level: 'silent' });
const anything = { create: true, edit: true, except: [], farthest: 1_000_000 };
let folder: string;
let store: OpenedStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homelab-bot-cards-'));
  store = await openStore({ path: join(folder, 'bot.db'), log, now: () => new Date() });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function wanted(id: string, priority: number, wantedAt: number): WantedCard {
  return {
    id,
    kind: 'alert',
    channelId: '1',
    priority,
    mentionRoles: [],
    ring: true,
    open: true,
    wantedAt,
    begun: false,
    lookSince: null,
    messageId: null,
  };
}

function want(card: WantedCard): Promise<AskedCard> {
  return store.commit((tx) => wantCard(tx, card));
}

test('a card that is new and begun stands in the ledger as it is handed on without a look; a second time it is not new', async () => {
  const card = { ...wanted('a', priorities.critical, 1), begun: true, mentionRoles: ['7'] };
  expect(await want(card)).toEqual({ channelId: '1', isNew: true });
  expect(await cardLedger(store, foldingRule).get('a')).toEqual(recordOf(card));
  expect(await want(card)).toEqual({ channelId: '1', isNew: false });
});

test('a card that was refused waits until its time; what was written by a clock that is set back since does not keep it', async () => {
  const ledger = cardLedger(store, foldingRule);
  await want(wanted('a', priorities.warning, 1));
  await ledger.postpone('a', 61_000, 1);
  expect(await ledger.next('1', anything, 1_000)).toEqual({ kind: 'later', at: 61_000 });
  expect(await ledger.next('1', anything, 61_000)).toMatchObject({ kind: 'card', card: { id: 'a' } });
  await ledger.postpone('a', 3_600_000, 2);
  expect(await ledger.next('1', anything, 1_000)).toMatchObject({ kind: 'card', card: { id: 'a' } });
});

describe('a card that waited already when the store failed', () => {
  const held = { fromMemory: true, lookSince: 1, messageId: null } as const;

  test('has the message that was made of it from memory', async () => {
    const ledger = cardLedger(store, foldingRule);
    await want(wanted('a', priorities.warning, 1));
    await want({ ...wanted('a', priorities.warning, 2), ...held, messageId: '900' });
    expect(await ledger.get('a')).toMatchObject({ messageId: '900', lookSince: null });
    await want({ ...wanted('a', priorities.warning, 3), ...held, messageId: '901' });
    expect(await ledger.get('a')).toMatchObject({ messageId: '900' });
  });

  test('is looked for where it is not known whether one was made', async () => {
    const ledger = cardLedger(store, foldingRule);
    await want(wanted('a', priorities.warning, 1));
    await want({ ...wanted('a', priorities.warning, 2), ...held });
    expect(await ledger.get('a')).toMatchObject({ messageId: null, lookSince: 1 });
    await want(wanted('b', priorities.warning, 1));
    await want({ ...wanted('b', priorities.warning, 2), lookSince: 1 });
    expect(await ledger.get('b')).toMatchObject({ messageId: null, lookSince: null });
  });
});

describe('a card that is folded', () => {
  const folded = 'warning 11';

  beforeEach(async () => {
    for (let n = 0; n < 12; n += 1) await want(wanted(`warning ${n}`, priorities.warning, n));
    expect(await cardLedger(store, foldingRule).fold('1', 20)).toBe(8);
  });

  test.each([true, false])(
    'leaves its digest for the message that was made of it from memory (open: %s)',
    async (open) => {
      const ledger = cardLedger(store, foldingRule);
      expect(await ledger.get(folded)).toMatchObject({ foldedInto: expect.any(String) });
      await want({ ...wanted(folded, priorities.end, 30), open, fromMemory: true, lookSince: 1, messageId: '900' });
      expect(await ledger.get(folded)).toMatchObject({ foldedInto: null, messageId: '900', shownRevision: 0 });
    },
  );

  test('is looked for when it leaves its digest, where a process before may have made a message of it', async () => {
    const ledger = cardLedger(store, foldingRule);
    await want({ ...wanted(folded, priorities.critical, 30), lookSince: 11 });
    expect(await ring(folded, ['8'])).toBe('1');
    expect(await ledger.get(folded)).toMatchObject({
      foldedInto: null,
      lookSince: 11,
      mentionRoles: ['8'],
      ring: true,
    });
  });
});

test('a new critical alert overtakes what waited longer; within one urgency the oldest goes first', async () => {
  await want(wanted('refresh', priorities.refresh, 1));
  await want(wanted('end', priorities.end, 2));
  await want(wanted('late warning', priorities.warning, 4));
  await want(wanted('warning', priorities.warning, 3));
  await want(wanted('critical', priorities.critical, 5));
  const ledger = cardLedger(store, foldingRule);
  const order: string[] = [];
  for (
    let next = await ledger.next('1', anything, 9);
    next.kind === 'card';
    next = await ledger.next('1', anything, 9)
  ) {
    order.push(next.card.id);
    await ledger.shown(next.card.id, `m-${next.card.id}`, next.card.revision, 9);
  }
  expect(order).toEqual(['critical', 'warning', 'late warning', 'end', 'refresh']);
});

test('an incident that ended before the time is removed with its card, once its end is shown; others stay', async () => {
  const incident = (id: string, closedAt: number | null): Incident => ({
    id,
    receiver: 'r',
    groupKey: id,
    groupLabels: {},
    externalURL: '',
    openedAt: 1,
    closedAt,
    truncated: 0,
    alerts: [],
  });
  const alerts = alertStore(store);
  for (const [id, closedAt] of [
    ['old', 10],
    ['unshown', 10],
    ['young', 30],
    ['open', null],
  ] as const) {
    await alerts.change(async (tx) => {
      await tx.write(incident(id, closedAt), null);
      await tx.want(wanted(id, priorities.end, 1));
    });
    if (id !== 'unshown') await cardLedger(store, foldingRule).shown(id, `m-${id}`, 1, 9);
  }
  expect(await removeEndedIncidents(store, 20)).toBe(1);
  expect(await removeEndedIncidents(store, 20)).toBe(0);
  const left = await store.db.selectFrom('incidents').select('id').orderBy('id').execute();
  expect(left.map(({ id }) => id)).toEqual(['open', 'unshown', 'young']);
  expect(await cardLedger(store, foldingRule).get('old')).toBeUndefined();
});

test('what was shown or begun lately is remembered by channel, oldest first', async () => {
  const ledger = cardLedger(store, foldingRule);
  for (const id of ['a', 'b', 'c', 'd'])
    await want({ ...wanted(id, priorities.warning, 1), channelId: id === 'c' ? '2' : '1' });
  await ledger.shown('a', 'm-a', 1, 300);
  await ledger.shown('b', 'm-b', 1, 100);
  await ledger.begin('c', { at: 200, revision: 1, creations: 1 });
  expect(await ledger.activity(150)).toEqual([
    { channelId: '2', at: 200 },
    { channelId: '1', at: 300 },
  ]);
});

test('what is over before anybody saw it rings nobody; what was shown keeps whom it rang', async () => {
  const rings = { mentionRoles: ['7'], ring: true };
  const over = { mentionRoles: [], ring: false, open: false, priority: priorities.end };
  const ledger = cardLedger(store, foldingRule);
  for (const id of ['unseen', 'seen']) await want({ ...wanted(id, priorities.critical, 1), ...rings });
  await ledger.shown('seen', 'm-seen', 1, 1);
  for (const id of ['unseen', 'seen']) await want({ ...wanted(id, priorities.end, 2), ...over });
  expect(await ledger.get('unseen')).toMatchObject({ mentionRoles: [], ring: false });
  expect(await ledger.get('seen')).toMatchObject(rings);
});

function ring(cardId: string, mentionRoles: readonly string[]): Promise<string | null> {
  const wantedRing = {
    id: ringId(cardId),
    cardId,
    kind: 'ring',
    priority: priorities.warning,
    cardPriority: priorities.critical,
    mentionRoles,
    wantedAt: 5,
    lookSince: null,
  };
  return store.commit((tx) => wantRing(tx, wantedRing));
}

async function nextId(): Promise<string | null> {
  const next = await cardLedger(store, foldingRule).next('1', anything, 9);
  return next.kind === 'card' ? next.card.id : null;
}

test('a ring of a card that is not posted yet mentions its roles in that card, and is no message of its own', async () => {
  await want({ ...wanted('a', priorities.critical, 1), mentionRoles: ['7'] });
  expect(await ring('a', ['8'])).toBe('1');
  const ledger = cardLedger(store, foldingRule);
  expect((await ledger.get('a'))?.mentionRoles).toEqual(['7', '8']);
  expect(await ledger.get(ringId('a'))).toBe(undefined);
});

describe('a ring whose message the ledger may not know', () => {
  beforeEach(async () => {
    await want(wanted('a', priorities.refresh, 1));
    await cardLedger(store, foldingRule).shown('a', '100', 1, 1);
    await ring('a', ['8']);
  });

  test('is still looked for after the channel was read back, in which rings bear no reference', async () => {
    const ledger = cardLedger(store, foldingRule);
    await want(wanted('b', priorities.critical, 5));
    await ledger.doubt();
    expect(await ledger.unseen('1')).toMatchObject({ count: 1 });
    await ledger.seen('1', 0, new Map());
    expect(await ledger.get('b')).toMatchObject({ lookSince: null });
    expect(await ledger.get(ringId('a'))).toMatchObject({ lookSince: expect.any(Number) });
  });

  test('is looked at again where it no longer applies while it is being made', async () => {
    const ledger = cardLedger(store, foldingRule);
    const before = await ledger.get(ringId('a'));
    await store.commit((tx) => reviewRing(tx, ringId('a'), priorities.refresh));
    await ledger.shown(ringId('a'), '200', before?.revision ?? 0, 9);
    expect(await nextId()).toBe(ringId('a'));
  });
});

test('a ring of a card that is still looked for waits for that', async () => {
  await want({ ...wanted('a', priorities.refresh, 1), lookSince: 1 });
  await ring('a', ['8']);
  expect(await cardLedger(store, foldingRule).get(ringId('a'))).toMatchObject({ replyTo: 'a' });
  expect(await nextId()).toBe('a');
});

describe('a ring of a card that may have been posted', () => {
  beforeEach(async () => {
    await want({ ...wanted('a', priorities.refresh, 1), begun: true });
    await want(wanted('a', priorities.refresh, 2));
    await ring('a', ['8']);
  });

  test('waits until that is known, however urgent it is', async () => {
    expect(await nextId()).toBe('a');
  });

  test('follows where the card had been posted before what it rings for', async () => {
    const ledger = cardLedger(store, foldingRule);
    await ledger.shown('a', '100', 1, 6);
    await ledger.shown('a', '100', 2, 7);
    expect(await nextId()).toBe(ringId('a'));
  });

  test('is not needed where the card is posted with what it rings for', async () => {
    await cardLedger(store, foldingRule).shown('a', '100', 2, 6);
    expect(await nextId()).toBe(null);
  });

  test('follows the card to another channel', async () => {
    const ledger = cardLedger(store, foldingRule);
    await ledger.startOver('a', { channelId: '2', refusedChannelId: '1' });
    expect((await ledger.get(ringId('a')))?.channelId).toBe('2');
  });
});
