import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Block, type Inline, parseBlocks, parseInline } from '../../../sandbox/page/web/markdown.ts';

/** The words as a reader gets them, with marks in brackets: `strong(…)`. */
function told(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.kind === 'break') return '⏎';
      if (part.kind === 'code') return `code(${part.text})`;
      if (part.kind === 'mention') return `${part.what}(${part.id})`;
      if (part.kind === 'command') return `command(${part.name})`;
      if (part.kind === 'time') return `time(${part.seconds} ${part.style})`;
      if (part.kind === 'link') return `link(${part.url} ${told(part.children)})`;
      return `${part.kind}(${told(part.children)})`;
    })
    .join('');
}

describe('within a line', () => {
  test.each([
    ['plain words', 'plain words'],
    ['**bold** and *slanted* and _slanted_', 'strong(bold) and em(slanted) and em(slanted)'],
    ['***both***', 'strong(em(both))'],
    ['__under__ ~~gone~~ ||later||', 'underline(under) strike(gone) spoiler(later)'],
    ['`**as it is**`', 'code(**as it is**)'],
    ['``a ` b``', 'code(a ` b)'],
    ['kube_state_metrics and 2 * 3 * 4', 'kube_state_metrics and 2 * 3 * 4'],
    ['\\*not slanted\\* \\_nor\\_ C:\\dir', '*not slanted* _nor_ C:\\dir'],
    ['<@1> <@!2> <@&3> <#4> @everyone', 'user(1) user(2) role(3) channel(4) everyone(everyone)'],
    ['</nodes:5> <:party:6>', 'command(nodes) :party:'],
    ['<t:1700000000:R> <t:1700000000>', 'time(1700000000 R) time(1700000000 f)'],
    ['[docs](https://a.test/x) ', 'link(https://a.test/x docs) '],
    ['[**bold**](<https://a.test>)', 'link(https://a.test strong(bold))'],
    ['see https://a.test/x?y=1, then', 'see link(https://a.test/x?y=1 https://a.test/x?y=1), then'],
    ['<https://a.test/>', 'link(https://a.test/ https://a.test/)'],
    ['[no](javascript:alert(1)) javascript:alert(1)', '[no](javascript:alert(1)) javascript:alert(1)'],
    ['a\nb', 'a⏎b'],
    ['** not closed', '** not closed'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ])('%j', (text, expected) => {
    expect(told(parseInline(text))).toBe(expected);
  });

  test('no word is lost or made, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', ' ', '*', '_', '~', '|', '`', '\\', '<', '>', '[', ']', '(', ')', '\n'),
        }),
        (text) => {
          const letters = told(parseInline(text))
            .replaceAll(/(strong|em|underline|strike|spoiler|code|link)\(/g, '')
            .replaceAll(/[^a]/g, '');
          expect(letters).toBe(text.replaceAll(/[^a]/g, ''));
        },
      ),
    );
  });
});

describe('blocks', () => {
  const kinds = (blocks: readonly Block[]): string[] => blocks.map(({ kind }) => kind);

  test('headings, small print, lists, quotes and code are told apart from paragraphs', () => {
    const text =
      'First\n# Title\n-# small\n- one\n- two\n1. first\n> said\n> more\nlast\n```ts\nconst a = 1;\n```\nend';
    const blocks = parseBlocks(text);
    expect(kinds(blocks)).toEqual([
      'paragraph',
      'heading',
      'small',
      'list',
      'list',
      'quote',
      'paragraph',
      'code',
      'paragraph',
    ]);
    expect(blocks[7]).toEqual({ kind: 'code', text: 'const a = 1;', language: 'ts' });
  });

  test('a fence within a line, and one that is never closed', () => {
    expect(kinds(parseBlocks('log: ```x```'))).toEqual(['paragraph', 'code']);
    expect(kinds(parseBlocks('log: ```x'))).toEqual(['paragraph']);
  });

  test('>>> quotes all that follows', () => {
    expect(parseBlocks('>>> a\n\nb')).toMatchObject([{ kind: 'quote', blocks: [{ kind: 'paragraph' }] }]);
  });

  test('any text ends', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => Array.isArray(parseBlocks(text))));
  });
});
