// What one attempt leaves known of a creation.
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { recordOf } from '../../../src/cards/card.ts';
import type { Channels } from '../../../src/cards/channels.ts';
import { deliver } from '../../../src/cards/deliver.ts';
import type { Ledger } from '../../../src/cards/ledger.ts';
import { wantedCard } from './wanted-card.ts';

test('a look that a limit refuses says nothing about the creation that was looked for', async () => {
  const limited = async () => ({ kind: 'slow down', at: new Date(0), reason: 'limit' }) as const;
  const record = { ...recordOf(wantedCard), intent: null, creations: 0, lookSince: 500 };
  const delivery = await deliver(
    { record, message: { headline: 'firing', tone: 'critical' }, unsent: false, written: true },
    {
      // Only a look is taken: anything else of these two would fail the test.
      ledger: {} as Ledger,
      channels: { find: limited } as Pick<Channels, 'find'> as Channels,
      defaultChannelId: '1',
      log: pino({ level: 'silent' }),
      now: () => new Date(1000),
      signal: new AbortController().signal,
      cardOf: async () => undefined,
      remember: async () => undefined,
      unbegun: () => undefined,
    },
  );
  expect(delivery).toMatchObject({ kind: 'slow down', unsent: false });
});
