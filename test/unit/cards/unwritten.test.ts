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
