// What may be deployed, and what people are told about the rest.
import { describe, expect, test } from '@jest/globals';
import { parseTag, shortTag } from '../../../src/lib/tag.ts';

const sha = '3f2c1a9b4d5e6f708192a3b4c5d6e7f801234567';

describe('taken as they are', () => {
  test.each([
    '3f2c1a9',
    sha,
    '1234567',
    '1e10',
    '0x1F',
    'true',
    'null',
    'NO',
    'v1.2.3',
    'latest',
    '_x',
    'Release-1',
    'ABCDEF',
    `${sha}a`,
    'a'.repeat(128),
  ])('%s', (text) => {
    expect(parseTag(text)).toEqual({ ok: true, tag: text });
  });
});

describe('refused with a sentence', () => {
  test.each([
    ['', 'No version is named'],
    ['3F2C1A9', 'lower case: 3f2c1a9'],
    [sha.toUpperCase(), `lower case: ${sha}`],
    ['3f2c1a9 ', 'Did you mean 3f2c1a9?'],
    ['3f2c 1a9', 'a blank in it'],
    ['"3f2c1a9"', 'a quotation mark in it'],
    ["';reboot", 'a quotation mark in it'],
    ['--force', 'begins with a dash'],
    ['-n', 'begins with a dash'],
    ['../etc', 'begins with a dot'],
    ['.', 'begins with a dot'],
    ['a/../b', 'a slash in it'],
    ['a\\b', 'a slash in it'],
    ['shop:3f2c1a9', 'a colon in it'],
    ['a'.repeat(129), '129 characters'],
    ['x'.repeat(300), '300 characters'],
    ['3f2c1a9\nReverts: x', 'a blank in it'],
    ['tag\u202Egnp', 'letters, digits'],
    ['ünïcode', 'letters, digits'],
    ['a$(id)', 'letters, digits'],
    ['\0', 'letters, digits'],
  ])('%j', (text, words) => {
    const result = parseTag(text);
    expect(result).toMatchObject({ ok: false, sentence: expect.stringContaining(words) });
    if (result.ok) return;
    expect(result.sentence.length).toBeLessThan(250);
    expect(result.sentence).not.toMatch(/[\n\0\u202E]/);
  });
});

test('a SHA is shown by its first seven digits, other tags as they are, long ones cut', () => {
  expect(shortTag(sha)).toBe('3f2c1a9');
  expect(shortTag('v1.2.3')).toBe('v1.2.3');
  expect(shortTag('v'.repeat(100))).toHaveLength(40);
});

test('a secret that was pasted for a tag is not repeated, also where what was typed is cut', () => {
  const parsed = parseTag(`${'x'.repeat(15)} https://ops:hunter2hunter2@git.example.com/shop`);
  expect(parsed.ok ? '' : parsed.sentence).toMatch(/^“x+ https/);
  expect(JSON.stringify(parsed)).not.toContain('hunter');
});
