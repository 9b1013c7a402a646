// What cannot be seen goes; what belongs together stays together.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clean, fold, isBlank } from '../../../src/discord/clean.ts';
import { cut, fitInto } from '../../../src/discord/cut.ts';

describe('cleaning', () => {
  test.each([
    ['lone surrogates', 'a\ud800b', 'a\ufffdb'],
    ['controls', 'a\u0000\u001b[31mb\u0085c', 'a[31mb\nc'],
    ['bidirectional overrides', 'abc\u202egnp.exe\u202c\u2066x\u2069\u200e\u061c', 'abcgnp.exex'],
    ['zero-width characters', 'a\u200bb\ufeffc\u2060d\u00ade', 'abcde'],
    ['hidden tags', `x${String.fromCodePoint(0xe0041, 0xe0042)}y`, 'xy'],
    ['noncharacters', 'a\uffffb\ufdd0c', 'abc'],
    ['joiners that join nothing', 'a\u200db\u200c ', 'ab '],
    ['line ends of all kinds', 'a\r\nb\rc\u2028d\u2029e', 'a\nb\nc\nd\ne'],
    ['the blank of braille', 'a\u2800b', 'a b'],
  ])('%s', (_name, given, cleaned) => {
    expect(clean(given)).toBe(cleaned);
  });

  test.each(['👩‍🚀', '🏳️‍🌈', '❤️', '👍🏽', 'می‌خواهم', 'é', 'नमस्ते'])('%s stays whole', (text) => {
    expect(clean(text)).toBe(text);
  });

  test('marks heaped on one letter are thinned', () => {
    expect(clean(`z${'\u0301'.repeat(500)}`).length).toBeLessThan(10);
  });

  test('a long run of blanks is folded quickly', () => {
    const text = `${' '.repeat(500_000)}x\n${' '.repeat(500_000)}y`;
    expect(fold(clean(text)).endsWith('x y')).toBe(true);
  });

  test.each(['', ' ', '\u00a0\u3000', '\u200b', '\u0301'])('%j has nothing to see', (text) => {
    expect(isBlank(clean(text))).toBe(true);
  });
});

describe('cutting', () => {
  test('never splits a pair, an emoji or an accent', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(cut(`abc${family}`, 6)).toBe('abc');
    expect(cut('abcde\u0301', 5)).toBe('abcd');
    expect(cut('🇩🇪🇫🇷', 5)).toBe('🇩🇪');
  });

  test('a grapheme longer than the room is cut between characters', () => {
    const monster = `a${'\u0301'.repeat(1000)}`;
    expect(cut(monster, 100).length).toBeLessThanOrEqual(100);
  });

  test('of any text stays within the limit, well formed, and a beginning', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (given, max) => {
        const text = given.toWellFormed();
        const result = cut(text, max);
        expect(result.length).toBeLessThanOrEqual(max);
        expect(result.isWellFormed()).toBe(true);
        expect(text.startsWith(result)).toBe(true);
      }),
    );
  });

  test('says with an ellipsis that something is missing', () => {
    expect(fitInto('abcdef', 4)).toEqual({ text: 'abc…', cut: true });
    expect(fitInto('abcd', 4)).toEqual({ text: 'abcd', cut: false });
    expect(fitInto('****', 5, (part) => part.replaceAll('*', '\\*'))).toEqual({ text: '\\*\\*…', cut: true });
  });
});
