import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../src/lib/duration.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

describe('a duration', () => {
  test.each([
    ['30d', 30 * day],
    ['15m', 15 * minute],
    ['1h30m', 90 * minute],
    ['2w', 14 * day],
    ['1w1d1h1m1s', 8 * day + 61 * minute + 1000],
    ['0s', 0],
    [' 5m ', 5 * minute],
  ])('%j is read', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '5', 'm', '5 m', '1.5h', '-5m', '30m1h', '5m5m', '5M', '5min', '1h 30m', '∞', '9'.repeat(400)])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  test('of more than ten years is none', () => {
    expect(parseDuration('3660d')).toBe(3660 * day);
    expect(parseDuration('3661d')).toBeNull();
    expect(parseDuration('999999999w')).toBeNull();
  });

  test.each([
    [0, '0s'],
    [999, '0s'],
    [-5, '0s'],
    [Number.NaN, '0s'],
    [90 * minute, '1h30m'],
    [14 * day, '14d'],
    [day + 1000, '1d1s'],
  ])('%d ms are written as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test.each([
    [day + 61 * minute, 2, '1d1h'],
    [day + minute, 2, '1d'],
    [3 * day + 5 * minute, 1, '3d'],
  ])('%d ms in at most %d units are %s', (ms, most, text) => {
    expect(formatDuration(ms, most)).toBe(text);
  });

  test('that was written is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3660 * 24 * 3600 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });
});
