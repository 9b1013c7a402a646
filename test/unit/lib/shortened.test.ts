// Cutting data to a length.
import { expect, test } from '@jest/globals';
import { shortened } from '../../../src/lib/shortened.ts';

test('what is short enough stays as it is', () => {
  expect(shortened('desktop-3', 9)).toBe('desktop-3');
});

test('what is longer ends in an ellipsis, and in no half of a character', () => {
  expect(shortened('desktop-3', 8)).toBe('desktop…');
  expect(shortened('desktop👩‍🚀', 9)).toBe('desktop…');
  expect(shortened('👩'.repeat(10), 4)).toBe('👩…');
});

test.each([
  'mysql://shop:hunter2hunter2@mysql.laravel-apps:3306/shop',
  `MTEyMjMzNDQ1NTY2Nzc4ODk5.GaBcDe.${'hunter2'.repeat(6)}`,
  `ghp_${'hunter2'.repeat(6)}`,
])('wherever it is cut, no part of a secret is left: %s', (secret) => {
  const text = `before ${secret} after ${'x'.repeat(20_000)}`;
  for (let most = 1; most < 120; most += 1) {
    const short = shortened(text, most);
    expect(short.length).toBeLessThanOrEqual(most);
    expect(short).not.toContain('hun');
  }
});
