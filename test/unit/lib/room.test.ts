import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRoom } from '../../../src/lib/room.ts';

const never = new AbortController().signal;
const long = 60_000;

describe('room for bodies', () => {
  test('is handed out in the order in which it was asked for, large ones included', async () => {
    const room = createRoom(10);
    expect(await room.take(8, long, never)).toBe(true);
    const order: string[] = [];
    const large = room.take(10, long, never).then(() => order.push('large'));
    const small = room.take(1, long, never).then(() => order.push('small'));
    expect(room.taken()).toBe(8);
    room.give(8);
    await large;
    room.give(10);
    await small;
    expect(order).toEqual(['large', 'small']);
  });

  test('that does not come in time is not taken, and who stood behind gets it', async () => {
    const room = createRoom(10);
    await room.take(5, long, never);
    const large = room.take(10, 5, never);
    const small = room.take(5, long, never);
    expect(await large).toBe(false);
    expect(await small).toBe(true);
    expect(room.taken()).toBe(10);
  });

  test('is not kept for whoever went away', async () => {
    const room = createRoom(10);
    await room.take(10, long, never);
    const gone = new AbortController();
    const waiting = room.take(10, long, gone.signal);
    gone.abort();
    expect(await waiting).toBe(false);
    expect(await room.take(1, long, gone.signal)).toBe(false);
    room.give(10);
    expect(room.taken()).toBe(0);
  });

  test('is never more than there is, and all of it comes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 40 }), async (sizes) => {
        const room = createRoom(10);
        await Promise.all(
          sizes.map(async (size) => {
            expect(await room.take(size, long, never)).toBe(true);
            expect(room.taken()).toBeLessThanOrEqual(10);
            await Promise.resolve();
            room.give(size);
          }),
        );
        expect(room.taken()).toBe(0);
      }),
    );
  });
});
