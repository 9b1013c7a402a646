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
  unwritten.put(wanted, undefined, message);
  unwritten.put({ ...wanted, wantedAt: 8000 }, undefined, message);
  expect(unwritten.waiting()).toEqual([5000]);
  unwritten.shown('a', '9', 2);
  expect(unwritten.waiting()).toEqual([]);
  unwritten.put({ ...wanted, wantedAt: 9000 }, undefined, message);
  expect(unwritten.waiting()).toEqual([9000]);
});

test('one that was shown before the store failed waits since then only', () => {
  const unwritten = createUnwritten();
  unwritten.put(wanted, shownBefore, message);
  expect(unwritten.waiting()).toEqual([5000]);
});

test('one that waited before the store failed waits on', () => {
  const unwritten = createUnwritten();
  unwritten.put(wanted, { ...shownBefore, shownRevision: 2 }, message);
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
    unwritten.put({ ...wanted, id, priority }, undefined, message);
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
    unwritten.put({ ...wanted, priority }, undefined, message)?.record.priority;
  expect([1, 0, 4].map(priorityAfter)).toEqual([1, 0, 0]);
  unwritten.shown('a', '9', 3);
  expect(priorityAfter(4)).toBe(4);
});
