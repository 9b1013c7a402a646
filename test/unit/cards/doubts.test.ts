// What may be in Discord without the ledger knowing.
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type CardRecord, recordOf } from '../../../src/cards/card.ts';
import { createDoubts } from '../../../src/cards/doubts.ts';
import { wantedCard } from './wanted-card.ts';

const waiting: CardRecord = {
  ...recordOf(wantedCard),
  creations: 0,
  intent: null,
};

function doubtsOver(answers: readonly ('taken' | 'refused')[]) {
  const left = [...answers];
  const doubt = async () => {
    if (left.shift() === 'refused') throw new Error('disk full');
    return ['1'];
  };
  return {
    ...createDoubts({ ledger: { doubt }, log: pino({ level: 'silent' }) }),
    asked: () => answers.length - left.length,
  };
}

test('until what the process before left is written down, all that waits is looked for and nothing is decided by absence', async () => {
  const doubts = doubtsOver(['refused', 'taken']);
  expect(await doubts.writeDown()).toBe(null);
  expect(doubts.none()).toBe(false);
  expect(doubts.about(waiting).lookSince).toBe(500);
  expect(await doubts.writeDown()).toEqual(['1']);
  expect(doubts.none()).toBe(true);
  expect(doubts.about(waiting).lookSince).toBeNull();
  expect(await doubts.writeDown()).toEqual([]);
  expect(doubts.asked()).toBe(2);
});

test('a creation that left unwritten is looked for until it is settled', async () => {
  const doubts = doubtsOver(['taken']);
  await doubts.writeDown();
  doubts.add('a', 700);
  doubts.add('a', 900);
  expect(doubts.none()).toBe(false);
  expect(doubts.about(waiting).lookSince).toBe(700);
  expect(doubts.about({ ...waiting, id: 'b' }).lookSince).toBeNull();
  doubts.settle('a');
  expect(doubts.none()).toBe(true);
  expect(doubts.about(waiting).lookSince).toBeNull();
});

test('a card whose message or creation is known needs no look', async () => {
  const doubts = doubtsOver(['refused']);
  await doubts.writeDown();
  for (const known of [{ messageId: '9' }, { intent: { at: 1, revision: 1 } }, { lookSince: 3 }]) {
    const card = { ...waiting, ...known };
    expect(doubts.about(card)).toBe(card);
  }
});
