// A channel's limit where Discord's answers, which tell of it, are lost.
import { expect, test } from '@jest/globals';
import type { Delivery } from '../../../src/cards/deliver.ts';
import { createLane, freeAt, noteSent } from '../../../src/cards/lane.ts';

const shown = (step: 'create' | 'edit') => ({ kind: 'shown', step, messageId: '1', revision: 1 }) as const;
const lost = (of: 'create' | 'edit'): Delivery => ({ kind: 'away', of, outcome: 'unknown', reason: '', unsent: false });

test('after a lost answer that may have been to the last request of the limit, the channel is left alone until it is not', () => {
  const lane = createLane('1');
  for (const at of [1000, 1100, 1200, 1300]) noteSent(lane, shown('edit'), at);
  noteSent(lane, lost('edit'), 1400);
  expect(lane).toMatchObject({ editAfter: 6000, createAfter: 0 });
});

test('a lost answer among few requests delays nothing', () => {
  const lane = createLane('1');
  for (const at of [1000, 1100, 1200]) noteSent(lane, shown('create'), at);
  noteSent(lane, lost('create'), 1300);
  expect(lane).toMatchObject({ editAfter: 0, createAfter: 0 });
});

test('creations and edits have limits of their own, and a longer wait stays', () => {
  const lane = createLane('1');
  lane.createAfter = 9000;
  for (const at of [1000, 1100, 1200, 1300]) noteSent(lane, shown('create'), at);
  noteSent(lane, shown('edit'), 1350);
  noteSent(lane, lost('create'), 1400);
  expect(lane).toMatchObject({ editAfter: 0, createAfter: 9000 });
});

test('what never left is not counted', () => {
  const lane = createLane('1');
  for (const at of [1000, 1100, 1200, 1300]) {
    noteSent(lane, { kind: 'away', of: 'edit', outcome: 'not sent', reason: '', unsent: false }, at);
  }
  noteSent(lane, lost('edit'), 1400);
  expect(lane.editAfter).toBe(0);
});

test('where the ledger does not know all that was sent, two requests of each limit are left to the next process', () => {
  const lane = createLane('1');
  for (const at of [1000, 1100]) noteSent(lane, shown('create'), at);
  expect(freeAt(lane, true)).toEqual({ create: 0, edit: 0 });
  noteSent(lane, shown('create'), 1200);
  expect(freeAt(lane, true)).toEqual({ create: 6000, edit: 0 });
  noteSent(lane, shown('create'), 1300);
  expect(freeAt(lane, true)).toEqual({ create: 6100, edit: 0 });
  expect(freeAt(lane, false)).toEqual({ create: 0, edit: 0 });
  lane.createAfter = 9000;
  expect(freeAt(lane, true).create).toBe(9000);
});
