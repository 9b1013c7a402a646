// Discord's global limit, whatever its windows begin with.
import { expect, test } from '@jest/globals';
import { createPace } from '../../../src/discord/pace.ts';

/** How many leave when as many as may are tried every 10 ms, from `from` to `until`; the times at which they left. */
function busy(from: number, until: number): number[] {
  let time = from;
  const pace = createPace(() => time);
  const left: number[] = [];
  for (; time < until; time += 10) while (left.length < 10_000 && pace.take() === 0) left.push(time);
  return left;
}

test('no window of a second has more than 50, wherever it begins', () => {
  const left = busy(0, 5_000);
  for (const begin of left) expect(left.filter((at) => at >= begin && at < begin + 1_000).length).toBeLessThan(50);
  expect(left.length).toBeGreaterThan(4 * 45);
});

test('what has to wait is told how long', () => {
  let time = 1_000;
  const pace = createPace(() => time);
  while (pace.take() === 0) time += 1;
  const wait = pace.take();
  time += wait - 1;
  expect(pace.take()).toBe(1);
  time += 1;
  expect(pace.take()).toBe(0);
});

test('a clock that was set back holds nothing up', () => {
  let time = 100_000;
  const pace = createPace(() => time);
  while (pace.take() === 0) {}
  time = 5_000;
  expect(pace.take()).toBe(0);
});
