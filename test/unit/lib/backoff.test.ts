import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoff } from '../../../src/lib/backoff.ts';

test('the waits double up to the longest', () => {
  const waits = [1, 2, 3, 4, 5].map((failures) => backoff({ first: 1000, longest: 5000 }, failures, () => 1));
  expect(waits).toEqual([1000, 2000, 4000, 5000, 5000]);
});

test('chance takes away at most half, so that clients do not return in step', () => {
  expect(backoff({ first: 1000, longest: 5000 }, 1, () => 0)).toBe(500);
  expect(backoff({ first: 1000, longest: 5000, factor: 1.5 }, 2, () => 0.5)).toBe(1125);
});

test('no number of failures gives a wait beyond the bounds', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 2 ** 31 }), random, (failures, chance) => {
      const wait = backoff({ first: 300, longest: 60_000 }, failures, () => chance);
      expect(wait).toBeGreaterThanOrEqual(150);
      expect(wait).toBeLessThanOrEqual(60_000);
    }),
  );
});
