// Quantities in all the ways in which Kubernetes writes them, and in ways in which it does not.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseQuantity } from '../../../src/cluster/quantity.ts';

test.each([
  ['0', 0],
  ['8', 8],
  ['250m', 0.25],
  ['156340n', 0.00015634],
  ['1500u', 0.0015],
  ['.5', 0.5],
  ['1.', 1],
  ['+2', 2],
  ['-1', -1],
  ['16Gi', 16 * 2 ** 30],
  ['16242368Ki', 16_242_368 * 1024],
  ['1.5Mi', 1.5 * 2 ** 20],
  ['128974848000m', 128_974_848],
  ['129M', 129e6],
  ['129e6', 129e6],
  ['12E', 12e18],
  ['1E3', 1000],
  ['1e-3', 0.001],
  ['2Ei', 2 ** 61],
])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBeCloseTo(value, 12);
});

test.each(['', ' 1', '1 Gi', 'Gi', '1gi', '1KiB', '1e', '1.2.3', '.', '0x10', 'NaN', 'Infinity', '1e999', '1K'])(
  '%j is none',
  (text) => {
    expect(parseQuantity(text)).toBeNull();
  },
);

test('whatever is given, it is a finite number or null', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const value = parseQuantity(text);
      return value === null || Number.isFinite(value);
    }),
  );
});
