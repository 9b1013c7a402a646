// What keeps cards from folding: as long as Discord may have a message that the ledger does not know, nothing is decided by its absence.
import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type CardRecord, recordOf } from '../../../src/cards/card.ts';
import type { Channels, Posting } from '../../../src/cards/channels.ts';
import { usedUpChannels } from '../../../src/cards/last-process.ts';
import type { Ledger } from '../../../src/cards/ledger.ts';
import { createPublisher, type Publisher, type Show } from '../../../src/cards/publisher.ts';
import type { Line } from '../../../src/message.ts';
import { wantedCard } from './wanted-card.ts';

const message = { headline: 'firing', tone: 'critical' } as const;
const held = { wanted: wantedCard, message, isHeld: () => true };

let publisher: Publisher;

afterEach(() => publisher.stop(new AbortController().signal));

/** Over a channel whose limit is used up, and a ledger that writes its calls into `calls`. */
function start(answers: {
  readonly doubt: readonly ('taken' | 'refused')[];
  readonly channelsWithWork: readonly string[];
  /** What waits in the ledger for its first message. */
  readonly waiting?: CardRecord;
  readonly says?: Show;
  /** False where the store takes no postponement. */
  readonly postpones?: false;
  readonly now?: () => Date;
  /** Until the channel takes more. */
  readonly limitMs?: number;
}) {
  const calls: string[] = [];
  const leftOut: (readonly string[])[] = [];
  const left = [...answers.doubt];
  const ledger: Ledger = {
    get: async () => undefined,
    next: async (_channel, { create, except }) => {
      calls.push('next');
      leftOut.push(except);
      const { waiting } = answers;
      return waiting !== undefined &&
        create &&
        !except.includes(waiting.id) &&
        !calls.includes(`postpone ${waiting.id}`)
        ? { kind: 'card', card: waiting }
        : { kind: 'idle' };
    },
    unseen: async () => ({ count: 0, since: 0 }),
    seen: async () => undefined,
    fold: async () => {
      calls.push('fold');
      return 0;
    },
    doubt: async () => {
      const answer = left.shift() ?? 'taken';
      calls.push(`doubt ${answer}`);
      if (answer === 'refused') throw new Error('disk full');
      return [];
    },
    channelsWithWork: async () => answers.channelsWithWork,
    waiting: async () => ({ count: 0, since: null }),
    begin: async () => undefined,
    shown: async () => undefined,
    activity: async () => [],
    startOver: async () => undefined,
    removed: async () => undefined,
    settle: async () => undefined,
    postpone: async (id) => {
      if (answers.postpones === false) throw new Error('disk full');
      calls.push(`postpone ${id}`);
    },
  };
  const now = answers.now ?? (() => new Date());
  const later = async () =>
    ({ kind: 'slow down', at: new Date(now().getTime() + (answers.limitMs ?? 60_000)), reason: 'limit' }) as const;
  const posted: { readonly marker: string | null; readonly headline: Line; readonly posting: Posting }[] = [];
  const channels: Channels = {
    create: async (_channel, { headline }, marker, posting) => {
      posted.push({ marker, headline, posting });
      return later();
    },
    ...{ edit: later, remove: later, readBack: later },
    find: async () => ({ kind: 'not there' }),
  };
  publisher = createPublisher({
    ledger,
    channels,
    kinds: { alert: answers.says ?? (async () => message) },
    defaultChannelId: '1',
    log: pino({ level: 'silent' }),
    now,
    events: { delivered: () => undefined, failed: () => undefined },
  });
  /** Wakes the channel and answers what was asked of the ledger in that turn, up to the last thing that a turn asks. */
  const turn = async (): Promise<readonly string[]> => {
    const from = calls.length;
    publisher.wake('1');
    while (!calls.slice(from).includes('next')) await new Promise((resolve) => setImmediate(resolve));
    return calls.slice(from);
  };
  return { calls, leftOut, posted, turn };
}

test('nothing folds before it is written down that the process before may have left messages', async () => {
  const { calls, turn } = start({ doubt: ['refused', 'refused', 'taken'], channelsWithWork: ['1'] });
  await publisher.start();
  while (!calls.includes('fold')) await turn();
  expect(calls.slice(0, calls.indexOf('fold'))).toEqual(expect.arrayContaining(['doubt refused', 'doubt taken']));
});

test('nothing folds while a card is shown from memory', async () => {
  const { posted, turn } = start({ doubt: [], channelsWithWork: [] });
  await publisher.start();
  await publisher.showUnwritten(held);
  while (posted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await turn()).toEqual(['next']);
  publisher.forgetUnwritten(wantedCard.id);
  expect(await turn()).toEqual(['fold', 'next']);
});

test('a card that is begun is made ready at once, and leaves when that is durable', async () => {
  const { posted } = start({ doubt: [], channelsWithWork: [] });
  await publisher.start();
  expect(publisher.reserve('1', wantedCard.id)).toBe(true);
  const durable = Promise.withResolvers<void>().promise;
  publisher.wake('1', { wanted: wantedCard, message, durable });
  while (posted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(posted[0]?.posting.after).toBe(durable);
});

describe('a card in memory', () => {
  const critical = { ...recordOf({ ...wantedCard, id: 'critical', priority: 0 }), intent: null, creations: 0 };
  const firstPosted = async (says?: Show) => {
    const { posted } = start({
      ...{ doubt: [], channelsWithWork: [], waiting: critical, postpones: false },
      ...(says && { says }),
    });
    await publisher.start();
    await publisher.showUnwritten({ ...held, wanted: { ...wantedCard, id: 'warning', priority: 1 } });
    while (posted.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return posted[0]?.marker;
  };

  test('lets what is more urgent in the ledger go before it', async () => {
    expect(await firstPosted()).toBe('critical');
  });

  test('goes on where what is more urgent cannot be shown', async () => {
    const fails = async () => {
      throw new Error('disk full');
    };
    expect(await firstPosted(fails)).toBe('warning');
  });
});

test('a card of which the store takes nothing is left out for a while: the ledger is asked for others', async () => {
  const broken = { ...recordOf({ ...wantedCard, id: 'broken' }), intent: null, creations: 0 };
  const says = async () => {
    throw new Error('disk full');
  };
  let at = 1_000_000;
  const { leftOut } = start({
    ...{ doubt: [], channelsWithWork: ['1'], waiting: broken, postpones: false, says },
    now: () => new Date(at),
  });
  await publisher.start();
  while (!leftOut.at(-1)?.includes('broken')) await new Promise((resolve) => setImmediate(resolve));
  at += 31_000;
  const before = leftOut.length;
  publisher.wake('1');
  while (leftOut.length === before) await new Promise((resolve) => setImmediate(resolve));
  expect(leftOut[before]).not.toContain('broken');
});

test('a card that cannot be shown waits, and others go on', async () => {
  const broken = { ...recordOf({ ...wantedCard, id: 'broken' }), intent: null, creations: 0 };
  const says = async () => {
    throw new TypeError('a defect');
  };
  const { calls, posted } = start({ doubt: [], channelsWithWork: ['1'], waiting: broken, says });
  await publisher.start();
  while (!calls.includes('postpone broken')) await new Promise((resolve) => setImmediate(resolve));
  await publisher.showUnwritten(held);
  while (posted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(posted[0]?.marker).toBe(wantedCard.id);
});

test('a card in memory that cannot be shown is given up, and others go on', async () => {
  const { posted } = start({ doubt: [], channelsWithWork: [] });
  await publisher.start();
  const unsayable = new Proxy(message, {
    get() {
      throw new TypeError('a defect');
    },
  });
  await publisher.showUnwritten({ ...held, message: unsayable, wanted: { ...wantedCard, id: 'broken' } });
  await publisher.showUnwritten(held);
  while (posted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(posted[0]?.marker).toBe(wantedCard.id);
  expect(publisher.unwrittenMessage('broken')).toBe(undefined);
});

test('a card that is written down while the ledger is asked about it is not shown from memory', async () => {
  start({ doubt: [], channelsWithWork: [] });
  await publisher.start();
  await publisher.showUnwritten({ ...held, isHeld: () => false });
  expect(publisher.unwrittenMessage(wantedCard.id)).toBe(undefined);
});

test('a clock that is set back by an hour keeps no channel waiting for that hour', async () => {
  let ahead = 3_600_000;
  const waiting = { ...recordOf(wantedCard), intent: null, creations: 0 };
  const { posted } = start({
    ...{ doubt: [], channelsWithWork: ['1'], waiting, limitMs: 50 },
    now: () => new Date(Date.now() + ahead),
  });
  await publisher.start();
  while (posted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  ahead = 0;
  while (posted.length === 1) {
    publisher.wake('1');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(posted).toHaveLength(2);
});

test('after a start, what was written before the clock was set back leaves a channel alone for no longer than its limit', async () => {
  const at = 3_600_000;
  const until = await usedUpChannels(
    { activity: async () => [1, 2].map(() => ({ channelId: '1', at })), channelsWithWork: async () => [] },
    { writeDown: async () => [] },
    1000,
  );
  expect(until).toEqual(new Map([['1', 6000]]));
});
