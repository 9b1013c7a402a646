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

const due = {
  id: 'a-ring',
  cardId: 'a',
  kind: 'ring',
  priority: 1,
  cardPriority: 0,
  mentionRoles: ['8'],
  wantedAt: 6000,
  lookSince: null,
};

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

/** The ring before, as the ledger has it. */
const rangBefore: CardRecord = {
  ...shownBefore,
  id: 'a-ring',
  kind: 'ring',
  replyTo: 'a',
  messageId: '10',
  creations: 4,
};

function withRing(known: CardRecord | null = rangBefore) {
  const unwritten = createUnwritten();
  const card = unwritten.put({ ...wanted, priority: 4 }, { ...shownBefore, ring: false }, message, due);
  if (card === null) throw new Error('There was no room');
  unwritten.putRing(due, known ?? undefined, card.record, message);
  return { unwritten, card: card.record };
}

test('a card that has a message rings by a reply, and its own message as little as before', () => {
  const { unwritten, card } = withRing();
  expect(card).toMatchObject({ ring: false, mentionRoles: [], priority: 4 });
  expect(unwritten.get('a-ring')?.record).toMatchObject({ replyTo: 'a', ring: true, mentionRoles: ['8'], priority: 1 });
  unwritten.shown('a', '9', 4);
  expect([unwritten.hasRung('a'), unwritten.rungBy('a')]).toEqual([false, null]);
  unwritten.removed('a-ring');
  unwritten.made('a-ring', 4);
  unwritten.shown('a-ring', '11', 4);
  expect([unwritten.hasRung('a'), unwritten.rungBy('a')]).toEqual([true, '11']);
});

test('a reply is the creation that the ledger would begin next, so that Discord takes both for one', () => {
  expect(withRing().unwritten.get('a-ring')?.record).toMatchObject({
    messageId: '10',
    creations: 5,
    intent: { revision: 4 },
  });
  expect(withRing(null).unwritten.get('a-ring')?.record).toMatchObject({ messageId: null, creations: 1 });
});

test('a newer reason takes the place of the reply before', () => {
  const { unwritten, card } = withRing();
  unwritten.removed('a-ring');
  unwritten.made('a-ring', 4);
  unwritten.shown('a-ring', '11', 4);
  unwritten.putRing({ ...due, wantedAt: 7000 }, rangBefore, card, message);
  // The one before is to be written down should the next not leave.
  expect([unwritten.hasRung('a'), unwritten.rungBy('a')]).toEqual([false, '11']);
  expect(unwritten.get('a-ring')?.record).toMatchObject({ messageId: '11', creations: 6, intent: { at: 7000 } });
});

test('a reply that has not left says what is true then, and is dropped where there is nothing left to ring about', () => {
  const { unwritten } = withRing();
  const newer = { ...message, headline: 'worse' };
  unwritten.tellRing('a', newer);
  expect(unwritten.get('a-ring')?.message).toEqual(newer);
  unwritten.tellRing('a', undefined);
  expect(unwritten.get('a-ring')).toBeUndefined();
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
