// Whatever a message says, Discord takes it, nobody is rung by it, and nothing of it is lost.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clean, fold, isBlank } from '../../../src/discord/clean.ts';
import { type Rendered, render } from '../../../src/discord/message.ts';
import type { Item, Line, Message, Run } from '../../../src/message.ts';
import { plain, read } from './markdown.ts';
import { objectionTo } from './spec.ts';

const role = '112233445566778899';

const words = fc.constantFrom(
  '@everyone',
  '@here',
  '<@&112233445566778801>',
  '<@123456789012345678>',
  '||',
  '```',
  '`',
  '**',
  '_',
  '# ',
  '> ',
  '- ',
  '\\',
  '](https://x.y)',
  '[',
  '\u200b',
  '\u202e',
  '\u2066',
  'א',
  'مرحبا',
  '👩‍👩‍👧‍👦',
  '🏳️‍🌈',
  '𝒳',
  'e\u0301',
  '\n',
  '\r',
  '\t',
  ' ',
  'node_exporter',
  'https://a.b/c',
  '\ud83d',
  '\u0000',
);

/** Up to some 20,000 characters, of which the interesting ones may stand anywhere, also where text is cut. */
const text = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 10 })), { maxLength: 20 })
      .map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(words, fc.integer({ min: 1, max: 20_000 }))
      .map(([word, length]) => word.repeat(Math.ceil(length / word.length)).slice(0, length)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 5000 }), words, words)
      .map(([length, a, b]) => `${'x'.repeat(length)}${a}${b}${'y'.repeat(50)}`),
  },
);

const url = fc.oneof(
  text,
  fc.webUrl({ withQueryParameters: true }),
  fc.constantFrom('http://localhost:9090', 'https://a.example/r'),
);

const run: fc.Arbitrary<Run> = fc.oneof(
  { weight: 4, arbitrary: text },
  text.map((bold) => ({ bold })),
  text.map((code) => ({ code })),
  fc.date().map((time) => ({ time, style: 'full' as const })),
  fc.record({ link: text, url }),
  fc.oneof(text, fc.constant('123456789012345678')).map((person) => ({ person })),
  fc.oneof(text, fc.constant('112233445566778801')).map((id) => ({ role: id })),
);
const line: fc.Arbitrary<Line> = fc.oneof(run, fc.array(run, { maxLength: 4 }));
const item: fc.Arbitrary<Item> = fc.record({ lines: fc.array(line, { maxLength: 4 }), whole: text });

const message: fc.Arbitrary<Message> = fc.record(
  {
    headline: line,
    tone: fc.constantFrom('critical', 'warning', 'info', 'good', 'neutral'),
    title: text,
    titleUrl: url,
    text: fc.array(line, { maxLength: 5 }),
    block: fc.record({ lines: fc.array(text, { maxLength: 8 }), file: text }),
    list: fc.record({
      items: fc.oneof(
        fc.array(item, { maxLength: 6 }),
        item.map((one) => Array.from({ length: 300 }, () => one)),
      ),
      noun: text,
      file: text,
    }),
    facts: fc.array(fc.record({ name: text, value: line }), { maxLength: 30 }),
    footer: text,
    buttons: fc.array(
      fc.oneof(
        fc.record({ label: text, url }),
        fc.record({
          label: text,
          style: fc.constantFrom('primary', 'secondary', 'success', 'danger'),
          action: fc.stringMatching(/^[a-z]{1,20}$/),
          subject: fc.stringMatching(/^[a-z0-9:]{0,70}$/),
        }),
      ),
      { maxLength: 30 },
    ),
    files: fc.array(fc.record({ name: text, data: fc.oneof(text, fc.uint8Array()), description: text }), {
      maxLength: 12,
    }),
  },
  { requiredKeys: ['headline', 'tone'] },
);

const options = {
  redact: (given: string) => given,
  marker: 'incident-1',
  nonce: 'c-1',
  ring: false,
  mentionRoles: [role],
  replyTo: role,
};

const filesText = ({ files }: Rendered): string =>
  files.map(({ data }) => Buffer.from(data).toString('utf8')).join('\n');

describe('any message', () => {
  test('is one that Discord takes, and mentions nobody but whom it is told to', () => {
    fc.assert(
      fc.property(message, (any) => {
        const { body, files } = render(any, options);
        expect(objectionTo(body, 'MessageCreateRequestSchema')).toBeNull();
        const [embed] = body.embeds;
        expect(body.embeds).toHaveLength(1);
        expect(body.content.length).toBeLessThanOrEqual(2000);
        expect(body.content).not.toContain('\n');
        expect(body.content.isWellFormed()).toBe(true);
        expect(embed?.title?.length ?? 1).toBeLessThanOrEqual(256);
        expect(embed?.title?.trim()).not.toBe('');
        expect(embed?.description?.length ?? 0).toBeLessThanOrEqual(4096);
        expect(embed?.description?.trim()).not.toBe('');
        expect(embed?.footer?.text.length).toBeLessThanOrEqual(2048);
        const all = (embed?.title?.length ?? 0) + (embed?.description?.length ?? 0) + (embed?.footer?.text.length ?? 0);
        expect(all).toBeLessThanOrEqual(6000);
        expect(embed?.footer?.text).toMatch(/(?:^| )ref incident-1$/);
        expect(JSON.stringify(body)).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]|\\u0000/);
        expect(body.allowed_mentions).toEqual({ parse: [], roles: [role], replied_user: false });
        expect(body.content.endsWith(`<@&${role}>`)).toBe(true);
        expect(files.length).toBeLessThanOrEqual(10);
        expect(files.reduce((sum, { data }) => sum + data.byteLength, 0)).toBeLessThan(25 * 1024 * 1024);
        expect(body.attachments.map(({ filename }) => filename)).toEqual(files.map(({ name }) => name));
        const buttons = body.components.flatMap(({ components }) => components);
        expect(body.components.length).toBeLessThanOrEqual(5);
        const ids = buttons.flatMap((button) => ('custom_id' in button ? [button.custom_id] : []));
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test('is an edit and an answer that Discord takes as well', () => {
    fc.assert(
      fc.property(message, (any) => {
        const edit = render(any, { redact: options.redact, marker: 'm' }).body;
        expect(objectionTo(edit, 'MessageEditRequestPartialSchema')).toBeNull();
        const data = render(any, { redact: options.redact, ephemeral: true }).body;
        expect(objectionTo({ type: 4, data }, 'CreateMessageInteractionCallbackRequestSchema')).toBeNull();
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test('of plain data shows nothing but text, and holds all of it in sight or in a file', () => {
    fc.assert(
      fc.property(
        text,
        fc.array(text, { minLength: 1, maxLength: 6 }),
        fc.array(text, { maxLength: 5 }),
        (headline, lines, facts) => {
          const rendered = render(
            { headline, tone: 'info', text: lines, facts: facts.map((value) => ({ name: 'fact', value })) },
            options,
          );
          const description = rendered.body.embeds[0]?.description ?? '';
          const tokens = [...read(rendered.body.content.replace(` <@&${role}>`, '')), ...read(description)];
          expect(
            tokens.filter(
              ({ kind, text: shown }) =>
                kind !== 'text' && shown !== 'fact' && shown !== 'message.txt' && shown !== `<@&${role}>`,
            ),
          ).toEqual([]);
          const everywhere = squeeze(`${plain(rendered.body.content)}\n${plain(description)}\n${filesText(rendered)}`);
          for (const said of [headline, ...lines, ...facts]) {
            const visible = fold(clean(said));
            if (!isBlank(visible)) expect(everywhere).toContain(squeeze(visible));
          }
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);

  test('holds all of a list and of a block in sight or in a file', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 40 }),
        fc.array(text, { maxLength: 40 }),
        (items, lines) => {
          const rendered = render(
            {
              headline: 'h',
              tone: 'info',
              block: { lines, file: 'block.txt' },
              list: { items: items.map((whole) => ({ lines: [whole], whole })), noun: 'alert', file: 'alerts.txt' },
            },
            options,
          );
          const description = rendered.body.embeds[0]?.description ?? '';
          const everywhere = squeeze(`${plain(description)}\n${filesText(rendered)}`).replaceAll('ˋ', '`');
          for (const said of [...items, ...lines]) {
            if (!isBlank(clean(said))) expect(everywhere).toContain(squeeze(clean(said)).replaceAll('ˋ', '`'));
          }
        },
      ),
      { numRuns: 80 },
    );
  }, 60_000);
});

/** Blanks at the ends of lines and between them are nobody's data. */
function squeeze(given: string): string {
  return given.replaceAll(/\s+/gu, '');
}
