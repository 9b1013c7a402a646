import { expect, test } from '@jest/globals';
import { countdownText, timeText } from '../../../sandbox/page/web/times.ts';

const now = Date.UTC(2026, 6, 1, 12, 0, 0);

test.each([
  [now - 9_000, '9 seconds ago'],
  [now - 61_000, '1 minute ago'],
  [now - 26 * 3_600_000, '1 day ago'],
  [now + 7_200_000, 'in 2 hours'],
  // A silence for four hours, a moment after it was made.
  [now + 4 * 3_600_000 - 2_000, 'in 4 hours'],
])('a relative time is told in its largest unit', (at, words) => {
  expect(timeText('R', at, now)).toBe(words);
});

test('a style that Discord does not know is told as the usual one', () => {
  expect(timeText('x', now, now)).toBe(timeText('f', now, now));
});

test('a countdown ends at 0:00', () => {
  expect([60_000, 41_001, 900, -5].map(countdownText)).toEqual(['1:00', '0:42', '0:01', '0:00']);
});
