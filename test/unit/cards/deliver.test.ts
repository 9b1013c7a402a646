// What one attempt leaves known of a creation.
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { recordOf } from '../../../src/cards/card.ts';
import type { Channels } from '../../../src/cards/channels.ts';
import { type DeliveryContext, deliver } from '../../../src/cards/deliver.ts';
import type { Ledger } from '../../../src/cards/ledger.ts';
import { wantedCard } from './wanted-card.ts';

/** With nothing of Discord and of the ledger but what the test names: anything else would fail it. */
function context(channels: Partial<Channels>, more: Partial<DeliveryContext> = {}): DeliveryContext {
  return {
    ledger: {} as Ledger,
    channels: channels as Channels,
    defaultChannelId: '1',
    log: pino({ level: 'silent' }),
    now: () => new Date(1000),
    signal: new AbortController().signal,
    cardOf: async () => undefined,
    remember: async () => undefined,
    removed: async () => undefined,
    tried: () => undefined,
    unbegun: () => undefined,
    ...more,
  };
}

const message = { headline: 'firing', tone: 'critical' } as const;

test('a look that a limit refuses says nothing about the creation that was looked for', async () => {
  const find = async () => ({ kind: 'slow down', at: new Date(0), reason: 'limit' }) as const;
  const record = { ...recordOf(wantedCard), intent: null, creations: 0, lookSince: 500 };
  const delivery = await deliver({ record, message, unsent: false, written: true }, context({ find }));
  expect(delivery).toMatchObject({ kind: 'slow down', unsent: false });
});

test.each([
  ['what it was last tried as, where its answer got lost', 1],
  ['what it is to be, where nothing is known of an earlier try', undefined],
])('a ring that is found counts as %s, and is not written down before', async (_, triedAs) => {
  const card = { ...recordOf(wantedCard), messageId: '7' };
  const ring = {
    ...card,
    id: 'a-ring',
    replyTo: card.id,
    messageId: null,
    revision: 2,
    intent: { at: 900, revision: 2 },
  };
  const remembered: string[] = [];
  const delivery = await deliver(
    { record: ring, message, unsent: false, written: false, triedAs },
    context(
      { find: async () => ({ kind: 'found', messageId: '8', mentionRoles: ring.mentionRoles }) },
      { cardOf: async () => card, remember: async (_of, id) => void remembered.push(id) },
    ),
  );
  expect(delivery).toEqual({ kind: 'shown', step: 'create', messageId: '8', revision: triedAs ?? 2 });
  expect(remembered).toEqual([]);
});

test('a ring that is found and rang others goes away, so that these are rung, too', async () => {
  const card = { ...recordOf(wantedCard), messageId: '7' };
  const ring = { ...card, id: 'a-ring', replyTo: card.id, messageId: null, mentionRoles: ['5'], lookSince: 900 };
  const removed: string[] = [];
  const delivery = await deliver(
    { record: ring, message, unsent: false, written: true },
    context(
      {
        find: async () => ({ kind: 'found', messageId: '8', mentionRoles: ['4'] }),
        remove: async (_channelId, messageId) => {
          removed.push(messageId);
          return { kind: 'sent', messageId };
        },
      },
      { cardOf: async () => card },
    ),
  );
  expect(delivery).toEqual({ kind: 'removed' });
  expect(removed).toEqual(['8']);
});

test('a ring whose end is not known is told as tried', async () => {
  const card = { ...recordOf(wantedCard), messageId: '7' };
  const ring = { ...card, id: 'a-ring', replyTo: card.id, messageId: null, revision: 2, intent: null };
  const tried: unknown[] = [];
  await deliver(
    { record: ring, message, unsent: false, written: false },
    context(
      { create: async () => ({ kind: 'unknown', reason: 'cut' }) },
      { cardOf: async () => card, tried: (...one) => void tried.push(one) },
    ),
  );
  expect(tried).toEqual([['a-ring', 2]]);
});
