// Nothing in data formats, links or mentions.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clean, fold, isBlank } from '../../../src/discord/clean.ts';
import { markdownLine } from '../../../src/discord/text.ts';
import { redact } from '../../../src/lib/redact.ts';
import type { Line } from '../../../src/message.ts';
import { plain, read } from './markdown.ts';

const same = (text: string): string => text;
const written = (line: Line, max = 4000): string => markdownLine(line, max, same).text;

/** Pieces that mean something to Discord, between ordinary ones. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '*',
        '**',
        '_',
        '__',
        '~',
        '~~',
        '|',
        '||',
        '`',
        '```',
        '\\',
        '[',
        ']',
        '(',
        ')',
        '](',
        '<',
        '>',
        '@',
        '#',
        '# ',
        '- ',
        '-# ',
        '1. ',
        '> ',
        ':',
        '/',
        '//',
        'http',
        'https:',
        'https://',
        'discord://',
        '@everyone',
        'everyone',
        '@here',
        '<@123456789012345678>',
        '<@&123456789012345678>',
        '<#123456789012345678>',
        '<:a:123456789012345678>',
        '<t:0:R>',
        '</x:1>',
        '!',
        '&',
        ' ',
        '  ',
        '\n',
        '\u200b',
        '\u202e',
        'a',
        'b_c',
        '1',
        'é',
        '👩‍🚀',
        '…',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

describe('data', () => {
  test.each([
    ['node_name and other_name'],
    ['10.0.0.1:9100'],
    ['p95 > 2s (for 5m)'],
    ['shop/worker-7d9f-x2 at 14:05'],
    ['rate(http_requests_total[5m]) > 0.5'],
    ['a | b ~ c @ d # e'],
  ])('that means nothing to Discord stays as it is: %s', (text) => {
    expect(written(text)).toBe(text);
  });

  test.each([
    ['*bold*'],
    ['**bold**'],
    ['_slanted_ and __under__'],
    ['~~struck~~ ||hidden||'],
    ['`code` ```block```'],
    ['[text](https://evil.example)'],
    ['https://evil.example/x'],
    ['discord://-/channels/1'],
    ['<@123456789012345678> <@&123456789012345678> <#123456789012345678>'],
    ['@everyone @here'],
    ['<t:0:R> <:smile:123456789012345678> </deploy:1>'],
    ['# heading'],
    ['-# small'],
    ['- item'],
    ['1. item'],
    ['> quote'],
    ['>>> quotes'],
    ['\\*already escaped\\*'],
  ])('shows as it was written: %s', (text) => {
    expect(read(written(text))).toEqual([{ kind: 'text', text }]);
  });

  test.each([
    [['[x]', '(https://evil.example)']],
    [['[x', '](https://evil.example)']],
    [['https:', '//evil.example']],
    [['https:/', '/evil.example']],
    [['@', 'everyone']],
    [['<', '@123456789012345678>']],
    [['~', '~x~', '~']],
    [['|', '|x|', '|']],
    [['_', '_x_', '_']],
    [['', '# heading']],
    [['  ', '- item']],
    [['1', '. item']],
    [['\\', '*x*']],
  ])('that makes something only together stays apart: %j', (runs) => {
    expect(read(written(runs))).toEqual([{ kind: 'text', text: runs.join('') }]);
  });

  test('of any kind, in any number of runs, shows as text alone', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (runs) => {
        const tokens = read(written(runs));
        const shown = runs.map((run) => fold(clean(run))).join('');
        expect(tokens.filter(({ kind }) => kind !== 'text')).toEqual([]);
        expect(
          tokens
            .map(({ text }) => text)
            .join('')
            .trimEnd(),
        ).toBe(isBlank(shown) ? '' : shown.trimEnd());
      }),
      { numRuns: 1500 },
    );
  });

  test('that is cut is still text alone, and within its room', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), fc.integer({ min: 2, max: 60 }), (runs, max) => {
        const text = written(runs, max);
        expect(text.length).toBeLessThanOrEqual(max);
        expect(text.isWellFormed()).toBe(true);
        expect(read(text).filter(({ kind }) => kind !== 'text')).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  test('in bold, in code and as a link is nothing more than that', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (bold, code, link) => {
        const tokens = read(written([{ bold }, ' · ', { code }, ' · ', { link, url: 'https://grafana.example/d/1' }]));
        expect(tokens.every(({ kind }) => kind !== 'mention' && kind !== 'markup' && kind !== 'time')).toBe(true);
        expect(tokens.filter(({ kind }) => kind === 'link')).toHaveLength(1);
      }),
      { numRuns: 800 },
    );
  });
});

describe('clients that read a bracket as one though it is escaped, and each part of a line anew', () => {
  test.each<[Line]>([
    ['[text](https://evil.example)'],
    [['[text]', '(https://evil.example)']],
    [['[', { code: 'text](https://evil.example)' }]],
    [['[text', { bold: '](https://evil.example)' }]],
  ])('see no link in %j', (line) => {
    expect(written(line)).not.toContain('](');
  });

  test.each([['# heading'], ['-# small'], ['> quote'], ['>>> quotes'], ['- item'], ['1. item']])(
    'see no more than bold in %s',
    (bold) => {
      expect(written({ bold })).toMatch(/^\*\*\d?\\/);
    },
  );
});

test('no part of a secret is shown that stands where a very long text, most of it invisible, is no longer looked at', () => {
  const secret = 'mysql://shop:hunter2hunter2@mysql.laravel-apps:3306/shop';
  for (let before = 16 * 1024 - 60; before <= 16 * 1024; before += 1) {
    const text = `${'\u200b'.repeat(before)}${secret} ${'x'.repeat(16 * 1024)}`;
    expect(markdownLine(['a ', text], 4000, redact).text).not.toContain('hun');
  }
});

describe('markup', () => {
  test('is what the other kinds of runs become', () => {
    const line: Line = [
      { bold: 'shop' },
      ' ',
      { code: 'a`b' },
      ' ',
      { time: new Date('2026-11-23T10:00:00Z'), style: 'relative' },
      ' ',
      { link: 'graph [1]', url: 'https://grafana.example/d/1?a=(b)' },
      ' ',
      { role: '123456789012345678' },
      ' ',
      { person: '123456789012345679' },
    ];
    expect(written(line)).toBe(
      '**shop** `aˋb` <t:1795428000:R> [graph \\[1\\]](https://grafana.example/d/1?a=%28b%29) <@&123456789012345678> <@123456789012345679>',
    );
  });

  test('an id that is none is text', () => {
    expect(written([{ role: '1> @everyone' }])).toBe('1> \\@everyone');
  });

  test('a link that Discord refuses shows its address', () => {
    expect(plain(written({ link: 'Prometheus', url: 'http://prometheus-operated:9090/graph' }))).toBe(
      'Prometheus (http://prometheus-operated:9090/graph)',
    );
  });

  test('a time that is none says so', () => {
    expect(written({ time: new Date(Number.NaN), style: 'full' })).toBe('an unknown time');
  });

  test('is left out whole where it does not fit', () => {
    expect(markdownLine(['ab ', { time: new Date(0), style: 'full' }], 8, same)).toEqual({ text: 'ab', cut: true });
    expect(markdownLine([{ bold: 'abcdefghij' }], 10, same)).toEqual({ text: '**abcd…**', cut: true });
  });
});
