// A card whose creation is begun and handed to its channel, which finds it in the ledger before that.
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { recordOf } from '../../../src/cards/card.ts';
import type { Channels, Outcome } from '../../../src/cards/channels.ts';
import type { Ledger, Next } from '../../../src/cards/ledger.ts';
import { createPublisher } from '../../../src/cards/publisher.ts';
import { wantedCard } from './wanted-card.ts';

test('what the ledger has shown of a card that is begun is not shown again as it was at first', async () => {
  const asked: string[] = [];
  const looking = Promise.withResolvers<Next>();
  const idle = Promise.withResolvers<void>();
  const answered = (name: string) => async (): Promise<Outcome> => {
    asked.push(name);
    return { kind: 'sent', messageId: '9' };
  };
  const publisher = createPublisher({
    // Of the ledger and the channels, only what this way asks for is there: anything else would fail the test.
    ledger: {
      doubt: async () => [],
      activity: async () => [],
      channelsWithWork: async () => [],
      shown: async () => undefined,
      next: async () => {
        if (asked.length === 0) return looking.promise;
        idle.resolve();
        return { kind: 'idle' };
      },
    } satisfies Partial<Ledger> as unknown as Ledger,
    channels: {
      create: answered('create'),
      edit: answered('edit'),
      find: async () => {
        asked.push('find');
        return { kind: 'found', messageId: '9', mentionRoles: [] };
      },
    } satisfies Partial<Channels> as unknown as Channels,
    kinds: { alert: async () => ({ headline: 'newest', tone: 'critical' }) },
    defaultChannelId: '1',
    log: pino({ level: 'silent' }),
    now: () => new Date(),
    events: { delivered: () => undefined, failed: () => undefined },
  });
  await publisher.start();
  expect(publisher.reserve('1', wantedCard.id)).toBe(true);
  // Woken for something else, it looks into the ledger while the card is being written.
  publisher.wake('1');
  await new Promise((resolve) => setImmediate(resolve));
  const begun = {
    wanted: wantedCard,
    message: { headline: 'first', tone: 'critical' },
    durable: Promise.resolve(),
  } as const;
  publisher.wake('1', begun);
  looking.resolve({ kind: 'card', card: recordOf(wantedCard) });
  await idle.promise;
  await publisher.stop(new AbortController().signal);
  expect(asked).toEqual(['create']);
});
