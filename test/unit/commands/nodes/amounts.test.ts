// Amounts as people read them.
import { describe, expect, test } from '@jest/globals';
import { age, bytes, cores, counted, ofAll, share, short } from '../../../../commands/nodes/amounts.ts';
import { now } from './given.ts';

test.each([
  [0, '0'],
  [0.001, '0'],
  [0.25, '0.25'],
  [0.5, '0.5'],
  [1.26, '1.3'],
  [8, '8'],
  [9.97, '10'],
  [63.6, '64'],
])('%d cores are %s', (value, text) => {
  expect(cores(value)).toBe(text);
});

test.each([
  [0, '0 B'],
  [-5, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1023.9 * 1024, '1 MiB'],
  [512 * 2 ** 20, '512 MiB'],
  [32 * 2 ** 30, '32 GiB'],
  [32.4 * 2 ** 30, '32 GiB'],
  [2 ** 70, '1048576 PiB'],
])('%d bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text);
});

describe('a share', () => {
  test('is cut to whole percents, as kubectl does', () => {
    expect(share(0.999, 1)).toBe(' (99%)');
    expect(share(0.7, 1)).toBe(' (70%)');
    expect(share(12, 8)).toBe(' (150%)');
  });

  test('of nothing, or of what is not known, is not said', () => {
    expect(share(1, 0)).toBe('');
    expect(share(1, null)).toBe('');
    expect(ofAll(1.2, null, cores)).toBe('1.2');
    expect(ofAll(1.2, 8, cores)).toBe('1.2 of 8 (15%)');
  });
});

test.each([
  ['2026-01-31T23:59:59.500Z', '0s'],
  ['2026-01-31T23:59:18Z', '42s'],
  ['2026-01-31T18:48:00Z', '5h12m'],
  ['2026-01-30T19:00:00Z', '1d5h'],
  ['2026-01-01T12:00:00Z', '30d'],
  ['2027-01-01T12:00:00Z', '0s'],
])('what was made at %s is %s old', (since, text) => {
  expect(age(new Date(since), now)).toBe(text);
});

test('an age that is not known is said so', () => {
  expect(age(null, now)).toBe('unknown');
});

test('one is one, others are many', () => {
  expect([0, 1, 2].map((count) => counted(count, 'node'))).toEqual(['0 nodes', '1 node', '2 nodes']);
});

test('short text is one line, and never half a character', () => {
  expect(short(' a\n\tb ', 10)).toBe('a b');
  expect(short('abcdef', 6)).toBe('abcdef');
  expect(short('abcdefg', 6)).toBe('abcde…');
  expect(short('🎉🎉🎉', 2)).toBe('🎉…');
});
