// When what is due for the next role is looked at: after the start is ready, at its time, and again where it was put off.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import pino from 'pino';
import { createEscalations } from '../../../src/alerts/escalations.ts';

const start = new Date('2026-03-01T03:00:00Z').getTime();

let due: { id: string; at: number }[];
let asked: string[];
let answer: 'done' | 'put off';
let unwritten: { id: string; at: number | null }[];

beforeEach(() => {
  jest.useFakeTimers({ now: start });
  due = [];
  asked = [];
  answer = 'done';
  unwritten = [];
});

afterEach(() => {
  jest.useRealTimers();
});

function escalations() {
  return createEscalations({
    store: { escalations: async (limit) => due.slice(0, limit) },
    alerts: {
      async escalate(id) {
        asked.push(id);
        if (answer === 'done') due = due.filter((one) => one.id !== id);
        if (answer === 'done') unwritten = unwritten.map((one) => (one.id === id ? { id, at: null } : one));
        return answer;
      },
      unwrittenEscalations: () => unwritten,
    },
    log: pino({ enabled: false }),
    now: () => new Date(),
  });
}

test('what became due before the start waits until that is ready', async () => {
  due = [{ id: 'a', at: start - 1 }];
  const ready = Promise.withResolvers<void>();
  const made = escalations();
  made.start(ready.promise);
  made.expect(start + 1000);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
  ready.resolve();
  await jest.advanceTimersByTimeAsync(1);
  expect(asked).toEqual(['a']);
  await made.stop();
});

test('what is put off is looked at every half a minute, and nothing else waits for it', async () => {
  due = [{ id: 'a', at: start }];
  answer = 'put off';
  const made = escalations();
  made.start(Promise.resolve());
  await jest.advanceTimersByTimeAsync(29_000);
  expect(asked).toEqual(['a']);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(asked).toEqual(['a', 'a']);
  due.push({ id: 'b', at: start + 40_000 });
  made.expect(start + 40_000);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(asked).toContain('b');
  await made.stop();
});

test('what is in memory alone is due, too, and counts for more than what is written of it', async () => {
  due = [{ id: 'mentioned', at: start - 1 }];
  unwritten = [
    { id: 'mentioned', at: null },
    { id: 'new', at: start + 5_000 },
  ];
  const made = escalations();
  made.start(Promise.resolve());
  await jest.advanceTimersByTimeAsync(4_000);
  expect(asked).toEqual([]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual(['new']);
  await made.stop();
});

test('nothing is looked at after the stop', async () => {
  due = [{ id: 'a', at: start + 5_000 }];
  const made = escalations();
  made.start(Promise.resolve());
  await jest.advanceTimersByTimeAsync(1_000);
  await made.stop();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});
