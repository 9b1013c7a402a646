// What the publisher does next about a card, and why.
import { describe, expect, test } from '@jest/globals';
import type { CardRecord } from '../../../src/cards/card.ts';
import { mayRelyOnNonce, nonceOf, nonceTrustedMs, plan } from '../../../src/cards/plan.ts';

const now = 1_000_000;
const fresh: CardRecord = {
  id: 'a1',
  kind: 'alert',
  channelId: '1',
  refusedChannelId: null,
  replyTo: null,
  foldedInto: null,
  priority: 0,
  revision: 1,
  shownRevision: 0,
  messageId: null,
  creations: 0,
  intent: null,
  lookSince: null,
  mentionRoles: [],
  ring: true,
  retryAt: null,
  attempts: 0,
  wantedAt: now,
  open: true,
};

describe('a card', () => {
  test.each([
    ['that nobody has seen is created', fresh, false, { kind: 'create', reason: 'first time' }],
    ['that shows its newest state is left alone', { ...fresh, shownRevision: 1 }, false, { kind: 'skip' }],
    [
      'whose state changed is edited',
      { ...fresh, messageId: 'm', shownRevision: 1, revision: 2 },
      false,
      { kind: 'edit', messageId: 'm' },
    ],
    ['that was refused waits', { ...fresh, retryAt: now + 5 }, false, { kind: 'wait', until: now + 5 }],
    [
      'that waits by a clock which was set back since waits no more',
      { ...fresh, retryAt: now + 3_600_000 },
      false,
      { kind: 'create' },
    ],
    [
      'whose creation has no known end is looked for',
      { ...fresh, intent: { at: 7, revision: 1 } },
      false,
      { kind: 'look', since: 7 },
    ],
    ['whose creation never left is created', { ...fresh, intent: { at: 7, revision: 1 } }, true, { kind: 'create' }],
    ['of before the ledger is looked for', { ...fresh, lookSince: 3 }, false, { kind: 'look', since: 3 }],
  ])('%s', (_name, record, unsent, expected) => {
    expect(plan(record, unsent, now)).toMatchObject(expected);
  });
});

describe('a nonce', () => {
  test('fits into the 25 characters that Discord takes, and is the same in every process', () => {
    expect(nonceOf(fresh, 1)).toHaveLength(24);
    expect(nonceOf(fresh, 1)).toBe(nonceOf(fresh, 1));
  });

  test('is another for another card and for another message of the same card', () => {
    expect(new Set([nonceOf(fresh, 1), nonceOf(fresh, 2), nonceOf({ ...fresh, id: 'a2' }, 1)]).size).toBe(3);
  });

  test('of a ring is another for what it rings for, however often its card has rung; of a card it never depends on the time', () => {
    const ring = { ...fresh, replyTo: 'a1' };
    expect(nonceOf({ ...ring, wantedAt: now + 1 }, 2)).not.toBe(nonceOf(ring, 2));
    expect(nonceOf({ ...fresh, wantedAt: now + 1 }, 2)).toBe(nonceOf(fresh, 2));
  });

  test('is relied on for a minute, and not when the clock was set back', () => {
    const begun = (at: number) => ({ ...fresh, intent: { at, revision: 1 } });
    expect(mayRelyOnNonce(begun(now), now + nonceTrustedMs - 1)).toBe(true);
    expect(mayRelyOnNonce(begun(now), now + nonceTrustedMs)).toBe(false);
    expect(mayRelyOnNonce(begun(now), now - 1)).toBe(false);
    expect(mayRelyOnNonce(fresh, now)).toBe(false);
  });
});
