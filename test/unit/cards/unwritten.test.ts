// Cards in memory while the store fails: since when each waits, and which one is shown next.
import { expect, test } from '@jest/globals';
import type { CardRecord } from '../../../src/cards/card.ts';
import { createUnwritten } from '../../../src/cards/unwritten.ts';
import { wantedCard } from './wanted-card.ts';

const wanted = { ...wantedCard, wantedAt: 5000 };
const message = { headline: 'firing', tone: 'critical', title: 'firing' } as const;

/** What the ledger knew of it before the store failed: shown, long ago. */
const shownBefore: CardRecord = {
  ...wanted,
  wantedAt: 100,
  revision: 3,
  shownRevision: 3,
  messageId: '9',
  refusedChannelId: null,
  replyTo: null,
  foldedInto: null,
  creations: 1,
  intent: null,
  retryAt: null,
  attempts: 0,
};

test('a card in memory waits since it was first wanted, until it is shown', () => {
  const unwritten = createUnwritten();
  unwritten.put(wanted, undefined, message, null);
  unwritten.put({ ...wanted, wantedAt: 8000 }, undefined, message, null);
  expect(unwritten.waiting()).toEqual([5000]);
  unwritten.shown('a', '9', 2);
  expect(unwritten.waiting()).toEqual([]);
  unwritten.put({ ...wanted, wantedAt: 9000 }, undefined, message, null);
  expect(unwritten.waiting()).toEqual([9000]);
});

test('one that was shown before the store failed waits since then only', () => {
  const unwritten = createUnwritten();
  unwritten.put(wanted, shownBefore, message, null);
  expect(unwritten.waiting()).toEqual([5000]);
});

test('one that waited before the store failed waits on', () => {
  const unwritten = createUnwritten();
  unwritten.put(wanted, { ...shownBefore, shownRevision: 2 }, message, null);
  expect(unwritten.waiting()).toEqual([100]);
});

test('the most urgent is shown first, and of those the one that came first', () => {
  const unwritten = createUnwritten();
  const both = { create: true, edit: true };
  for (const [id, priority] of [
    ['warning', 1],
    ['first', 0],
    ['second', 0],
  ] as const)
    unwritten.put({ ...wanted, id, priority }, undefined, message, null);
  const order = ['1', '2', '3'].map((messageId) => {
    const id = unwritten.next('1', both)?.record.id ?? '';
    unwritten.shown(id, messageId, 1);
    return id;
  });
  expect(order).toEqual(['first', 'second', 'warning']);
});

test('what waits becomes more urgent by a newer state, and no less', () => {
  const unwritten = createUnwritten();
  const priorityAfter = (priority: number) =>
    unwritten.put({ ...wanted, priority }, undefined, message, null)?.record.priority;
  expect([1, 0, 4].map(priorityAfter)).toEqual([1, 0, 0]);
  unwritten.shown('a', '9', 3);
  expect(priorityAfter(4)).toBe(4);
});

const due = { mentionRoles: ['8'], cardPriority: 0 };

test('a ring that is due makes a card without a message ring by itself, for all that it is to ring for', () => {
  const unwritten = createUnwritten();
  unwritten.put({ ...wanted, priority: 1, ring: false, mentionRoles: ['7'] }, undefined, message, null);
  const card = unwritten.put({ ...wanted, priority: 4 }, undefined, message, due);
  expect(card?.record).toMatchObject({ ring: true, mentionRoles: ['7', '8'], priority: 0 });
  expect(unwritten.hasRung('a')).toBe(false);
  unwritten.made('a', 2);
  expect(unwritten.hasRung('a')).toBe(true);
});

test('a message that was made before the ring was due has not rung for it', () => {
  const unwritten = createUnwritten();
  unwritten.put(wanted, undefined, message, null);
  unwritten.put(wanted, undefined, message, due);
  unwritten.made('a', 1);
  expect(unwritten.hasRung('a')).toBe(false);
});

test('the ring of a card that has a message is left to the ledger', () => {
  const unwritten = createUnwritten();
  const card = unwritten.put({ ...wanted, priority: 4 }, { ...shownBefore, ring: false }, message, due);
  expect(card?.record).toMatchObject({ ring: false, mentionRoles: [], priority: 4 });
  unwritten.shown('a', '9', 4);
  expect(unwritten.hasRung('a')).toBe(false);
});

test('a card that is folded gets a message of its own', () => {
  const inDigest = { ...shownBefore, messageId: null, foldedInto: 'digest-1' };
  expect(createUnwritten().put(wanted, inDigest, message, due)?.record).toMatchObject({ foldedInto: null, ring: true });
});

test('a card without a message is looked for before each try, since nothing is written down of those', () => {
  const waits = { ...shownBefore, messageId: null, shownRevision: 0 };
  const put = (lookSince: number | null) => createUnwritten().put({ ...wanted, lookSince }, waits, message, null);
  expect(put(300)?.record.lookSince).toBe(300);
  expect(put(null)?.record.lookSince).toBe(5000);
});

test('what Discord refused before is tried at once with its newer state', () => {
  const refused = { ...shownBefore, shownRevision: 2, retryAt: 900_000 };
  expect(createUnwritten().put(wanted, refused, message, null)?.record.retryAt).toBeNull();
});

test('a message that somebody deleted is made anew as another one, which Discord does not take for that', () => {
  const unwritten = createUnwritten();
  unwritten.put(wanted, { ...shownBefore, intent: { at: 100, revision: 1 } }, message, null);
  unwritten.startOver('a');
  expect(unwritten.get('a')?.record).toMatchObject({ messageId: null, intent: null, creations: 2 });
});
