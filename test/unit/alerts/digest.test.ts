// Storms at a start: what a process before has left is shown anew, as soon as the store takes that.
import { afterEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { createDigests, type DigestStore } from '../../../src/alerts/digest.ts';

afterEach(() => {
  jest.useRealTimers();
});

test('a start goes on though the database takes no writes, and storms are shown anew once it does', async () => {
  jest.useFakeTimers();
  const woken: string[] = [];
  let takes = false;
  const store: DigestStore = {
    read: async () => undefined,
    folded: async () => [],
    waiting: async () => [],
    async again() {
      if (!takes) throw new Error('database is locked');
      return ['1'];
    },
    close: async () => false,
  };
  const digests = createDigests({
    store,
    publisher: { wake: (channelId) => woken.push(channelId) },
    log: pino({ level: 'silent' }),
    now: () => new Date(),
  });
  await digests.start();
  await jest.advanceTimersByTimeAsync(5_000);
  expect(woken).toEqual([]);
  takes = true;
  await jest.advanceTimersByTimeAsync(5_000);
  expect(woken).toEqual(['1']);
  expect(jest.getTimerCount()).toBe(0);
  digests.stop();
});
