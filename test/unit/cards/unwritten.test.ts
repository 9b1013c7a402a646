// Cards in memory while the store fails: since when each waits, and which one is shown next.
import { expect, test } from '@jest/globals';
import type { CardRecord, WantedCard, WantedRing } from '../../../src/cards/card.ts';
import { createUnwritten, type Unwritten } from '../../../src/cards/unwritten.ts';
import { wantedCard } from './wanted-card.ts';

const wanted = { ...wantedCard, wantedAt: 5000 };
const message = { headline: 'firing', tone: 'critical', title: 'firing' } as const;
const rings = { headline: 'got worse', tone: 'critical' } as const;

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

function put(unwritten: Unwritten, card: WantedCard, known: CardRecord | undefined, ring: WantedRing | null) {
  return unwritten.put({ wanted: card, message, ...(ring !== null && { ring, ringSays: rings }) }, known);
}

test('a card in memory waits since it was first wanted, until it is shown', () => {
  const unwritten = createUnwritten();
  put(unwritten, wanted, undefined, null);
  put(unwritten, { ...wanted, wantedAt: 8000 }, undefined, null);
  expect(unwritten.waiting()).toEqual([5000]);
  unwritten.shown('a', '9', 2);
  expect(unwritten.waiting()).toEqual([]);
  put(unwritten, { ...wanted, wantedAt: 9000 }, undefined, null);
  expect(unwritten.waiting()).toEqual([9000]);
});

test('one that was shown before the store failed waits since then only', () => {
  const unwritten = createUnwritten();
  put(unwritten, wanted, shownBefore, null);
  expect(unwritten.waiting()).toEqual([5000]);
});

test('one that waited before the store failed waits on', () => {
  const unwritten = createUnwritten();
  put(unwritten, wanted, { ...shownBefore, shownRevision: 2 }, null);
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
    put(unwritten, { ...wanted, id, priority }, undefined, null);
  const order = ['1', '2', '3'].map((messageId) => {
    const id = unwritten.next('1', both)?.record.id ?? '';
    unwritten.shown(id, messageId, 1);
    return id;
  });
  expect(order).toEqual(['first', 'second', 'warning']);
});

test('what waits becomes more urgent by a newer state, and no less', () => {
  const unwritten = createUnwritten();
  const priorityAfter = (priority: number) => put(unwritten, { ...wanted, priority }, undefined, null)?.record.priority;
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
  put(unwritten, { ...wanted, priority: 1, ring: false, mentionRoles: ['7'] }, undefined, null);
  const card = put(unwritten, { ...wanted, priority: 4 }, undefined, due);
  expect(card?.record).toMatchObject({ ring: true, mentionRoles: ['7', '8'], priority: 0 });
  expect(unwritten.hasRung('a')).toBe(false);
  unwritten.made('a', 2);
  expect(unwritten.hasRung('a')).toBe(true);
});

test('a message that was made before the ring was due has not rung for it', () => {
  const unwritten = createUnwritten();
  put(unwritten, wanted, undefined, null);
  put(unwritten, wanted, undefined, due);
  unwritten.made('a', 1);
  expect(unwritten.hasRung('a')).toBe(false);
});

test('and is rung for by a reply then, which says what is so by then', () => {
  const unwritten = createUnwritten();
  put(unwritten, wanted, undefined, null);
  put(unwritten, wanted, undefined, due);
  expect(unwritten.dueReply('a')).toBeUndefined();
  unwritten.made('a', 1);
  unwritten.shown('a', '9', 1);
  expect(unwritten.dueReply('a')).toEqual({ ring: due, says: rings });
  unwritten.tellRing('a', message);
  expect(unwritten.dueReply('a')?.says).toBe(message);
  unwritten.tellRing('a', undefined);
  expect(unwritten.dueReply('a')).toBeUndefined();
});

test.each([
  ['is what was tried then, which was too early to ring', 1, true],
  ['is what was tried then, which has rung', 2, false],
])('a message that is found after its answer got lost %s', (_, triedAs, isDue) => {
  const unwritten = createUnwritten();
  put(unwritten, wanted, undefined, null);
  put(unwritten, wanted, undefined, due);
  unwritten.tried('a', triedAs);
  unwritten.shown('a', '9', 0);
  expect(unwritten.dueReply('a') !== undefined).toBe(isDue);
  expect(unwritten.hasRung('a')).toBe(!isDue);
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
  const card = put(unwritten, { ...wanted, priority: 4 }, { ...shownBefore, ring: false }, due);
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
  expect(put(createUnwritten(), wanted, inDigest, due)?.record).toMatchObject({ foldedInto: null, ring: true });
});

test('a card without a message is looked for before each try, since nothing is written down of those', () => {
  const waits = { ...shownBefore, messageId: null, shownRevision: 0 };
  const since = (lookSince: number | null) => put(createUnwritten(), { ...wanted, lookSince }, waits, null);
  expect(since(300)?.record.lookSince).toBe(300);
  expect(since(null)?.record.lookSince).toBe(5000);
});

test('what Discord refused before is tried at once with its newer state', () => {
  const refused = { ...shownBefore, shownRevision: 2, retryAt: 900_000 };
  expect(put(createUnwritten(), wanted, refused, null)?.record.retryAt).toBeNull();
});

test('a message that somebody deleted is made anew as another one, which Discord does not take for that', () => {
  const unwritten = createUnwritten();
  put(unwritten, wanted, { ...shownBefore, intent: { at: 100, revision: 1 } }, null);
  unwritten.startOver('a');
  expect(unwritten.get('a')?.record).toMatchObject({ messageId: null, intent: null, creations: 2 });
});
