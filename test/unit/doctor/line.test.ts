// How a check is printed: a word for its state, one line, the remedy on the next, nothing that a terminal would take for a command.
import { describe, expect, test } from '@jest/globals';
import { fail, type Line, listed, ok, sentences, skip, sumOf, textOf, warn } from '../../../src/doctor/line.ts';
import { redactor } from '../../../src/lib/redact.ts';
import { Secret } from '../../../src/lib/secret.ts';

const plain = (text: string): string => text;

test.each<[Line, string]>([
  [ok('Discord server', 'Homelab'), 'ok    Discord server: Homelab'],
  [warn('HTTP port', 'is odd'), 'warn  HTTP port: is odd'],
  [warn('HTTP port', 'is odd', 'look'), 'warn  HTTP port: is odd\n      → look'],
  [fail('HTTP port', 'is taken', 'end it'), 'FAIL  HTTP port: is taken\n      → end it'],
  [skip('HTTP port', 'no time'), 'skip  HTTP port: no time'],
])('%j', (line, text) => {
  expect(textOf(line, plain)).toBe(text);
});

test('what is outside of us moves no cursor, breaks no line and fills no screen', () => {
  const hostile = `a\u001b[2J\r\nok    b\u202e\u2028c\ud800${'x'.repeat(5000)}`;
  const text = textOf(fail('Discord channel', hostile, hostile), plain);
  expect(text.split('\n')).toHaveLength(2);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u2028]/);
  expect(text.length).toBeLessThan(4200);
  expect(text.isWellFormed()).toBe(true);
});

test('a secret is taken out of what was found and out of the remedy', () => {
  const redact = redactor([new Secret('hunter2-hunter2')]);
  const text = textOf(fail('registry', 'it said hunter2-hunter2', 'hunter2-hunter2 is wrong'), redact);
  expect(text).toBe('FAIL  registry: it said [redacted]\n      → [redacted] is wrong');
});

test.each([
  ['It is away. Try again when it is back. Now.', 'It is away', 'Try again when it is back. Now.'],
  ['git 2.31 or later is missing', 'git 2.31 or later is missing', null],
  ['The host 10.0.0.1 is away.', 'The host 10.0.0.1 is away', null],
])('%s', (told, found, remedy) => {
  expect(sentences(told)).toEqual({ found, remedy });
});

describe('in the end', () => {
  test('each state is counted that there is', () => {
    expect(sumOf([ok('a', ''), ok('b', ''), fail('c', '', ''), skip('d', '')])).toBe('4 checks: 2 ok, 1 FAIL, 1 skip');
  });

  test.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('%j is listed as %j', (words, text) => {
    expect(listed(words)).toBe(text);
  });
});
