// A message as Discord gets it.
import { describe, expect, test } from '@jest/globals';
import { type RenderOptions, render } from '../../../src/discord/message.ts';
import { redact } from '../../../src/lib/redact.ts';
import type { Item, Message } from '../../../src/message.ts';
import { plain } from './markdown.ts';

const base: Message = { headline: 'critical firing: MySQLDown in namespace shop', tone: 'critical' };

function rendered(message: Partial<Message>, options: Partial<RenderOptions> = {}) {
  const { body, files } = render({ ...base, ...message }, { redact, ...options });
  const [embed] = body.embeds;
  const file = (name: string): string =>
    Buffer.from(files.find((one) => one.name === name)?.data ?? []).toString('utf8');
  return { body, files, embed, description: embed?.description ?? '', file };
}

const item = (text: string): Item => ({ lines: [text], whole: text });

describe('a message', () => {
  test('of a headline alone is its content alone', () => {
    const { body, files } = rendered({});
    expect(body).toEqual({
      content: 'critical firing: MySQLDown in namespace shop',
      embeds: [],
      components: [],
      allowed_mentions: { parse: [], roles: [], replied_user: false },
      attachments: [],
    });
    expect(files).toEqual([]);
  });

  test('shows title, text, block, list, facts and footer in this order', () => {
    const { embed } = rendered(
      {
        title: 'MySQLDown',
        titleUrl: 'https://alertmanager.example/#/alerts',
        text: ['one', '', '', 'two'],
        block: { lines: ['a  1', 'b  2'], file: 'table.txt' },
        list: { items: [item('first'), item('second')], noun: 'alert', file: 'alerts.txt' },
        facts: [{ name: 'Took', value: '5 s' }],
        footer: 'receiver discord',
      },
      { marker: 'abc123' },
    );
    expect(embed).toEqual({
      color: 0xe03131,
      title: 'MySQLDown',
      url: 'https://alertmanager.example/#/alerts',
      description: 'one\n\ntwo\n\n```\na  1\nb  2\n```\n\nfirst\nsecond\n\n**Took** 5 s',
      footer: { text: 'receiver discord · ref abc123' },
    });
  });

  test('with a marker has an embed that Discord takes, whatever else there is', () => {
    expect(rendered({}, { marker: 'abc123' }).embed).toMatchObject({
      description: 'critical firing: MySQLDown in namespace shop',
      footer: { text: 'ref abc123' },
    });
    expect(rendered({ headline: '\u200b', title: '\u2060\u3164', text: [' '] }, { marker: 'x' })).toMatchObject({
      body: { content: '' },
      embed: { description: '–', footer: { text: 'ref x' } },
    });
  });

  test('without anything to see still is a message', () => {
    expect(rendered({ headline: ' \u200b ' }).body.content).toBe('–');
  });

  test('names what is blank', () => {
    expect(rendered({ facts: [{ name: '\u200b', value: '' }] }).description).toBe('**–** –');
    expect(rendered({ list: { items: [item('')], noun: 'pod', file: 'pods.txt' } }).description).toBe('–');
  });

  test('carries what a new message needs, and an edit nothing of it', () => {
    const posting = {
      marker: 'm',
      nonce: 'c-1',
      ring: false,
      mentionRoles: ['123456789012345678'],
      replyTo: '223456789012345678',
    };
    expect(rendered({}, posting).body).toMatchObject({
      content: 'critical firing: MySQLDown in namespace shop <@&123456789012345678>',
      allowed_mentions: { parse: [], roles: ['123456789012345678'], replied_user: false },
      flags: 4096,
      nonce: 'c-1',
      enforce_nonce: true,
      message_reference: { message_id: '223456789012345678', fail_if_not_exists: false },
    });
    const edit = rendered({}, { marker: 'm' }).body;
    expect(Object.keys(edit)).toEqual(['content', 'embeds', 'components', 'allowed_mentions', 'attachments']);
  });

  test('mentions as many roles as the content holds', () => {
    const mentionRoles = Array.from({ length: 150 }, (_, index) => String(10n ** 19n + BigInt(index)));
    const { body } = rendered({}, { mentionRoles });
    expect(body.content.length).toBeLessThanOrEqual(2000);
    expect(body.allowed_mentions.roles?.length).toBeGreaterThan(70);
    expect(body.content.match(/<@&/g)).toHaveLength(body.allowed_mentions.roles?.length ?? 0);
  });

  test('a role id that is none is not mentioned', () => {
    expect(rendered({}, { mentionRoles: ['everyone'] }).body.allowed_mentions.roles).toEqual([]);
  });
});

describe('what does not fit', () => {
  const alerts = Array.from({ length: 300 }, (_, index): Item => {
    const name = `KubePodCrashLooping on worker_${index}`;
    return { lines: [{ bold: name }, 'x'.repeat(150), 'summary'], whole: `${name}\n${'x'.repeat(150)}\nsummary` };
  });

  test('of a list is counted, and all of it attached', () => {
    const { description, file, body } = rendered({ list: { items: alerts, noun: 'alert', file: 'alerts.txt' } });
    const shown = description.match(/KubePodCrashLooping/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(10);
    expect(plain(description)).toContain(`… and ${300 - shown} more alerts in alerts.txt`);
    expect(file('alerts.txt').match(/KubePodCrashLooping on worker_\d+/g)).toHaveLength(300);
    expect(body.attachments).toEqual([{ id: '0', filename: 'alerts.txt' }]);
  });

  test('keeps facts and small print in sight', () => {
    const { description, embed } = rendered(
      {
        text: ['t'.repeat(20_000)],
        block: { lines: Array.from({ length: 500 }, (_, index) => `line ${index}`), file: 'log.txt' },
        list: { items: alerts, noun: 'alert', file: 'alerts.txt' },
        facts: [{ name: 'Asked by', value: 'ann' }],
        footer: 'receiver discord',
      },
      { marker: 'm' },
    );
    expect(description).toContain('**Asked by** ann');
    expect(description).toContain('line 0');
    expect(description).toContain('worker\\_0'.replace('\\', ''));
    expect(plain(description)).toMatch(/more alerts in alerts\.txt\n… and \d+ more lines in log\.txt\nCut short/);
    expect(embed?.footer?.text).toBe('receiver discord · ref m');
    expect(description.length).toBeLessThanOrEqual(4096);
  });

  test('of one long alert is cut, said so, and attached whole', () => {
    const whole = `Description: ${'word '.repeat(4000)}end`;
    const { description, file } = rendered({
      list: { items: [{ lines: [whole], whole }], noun: 'alert', file: 'alerts.txt' },
    });
    expect(description.length).toBeGreaterThan(3000);
    expect(plain(description)).toContain('… 1 alert cut short, whole in alerts.txt');
    expect(file('alerts.txt')).toBe(`${whole}\n`);
  });

  test('of a block is cut by whole lines, and attached', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `${index} ${'y'.repeat(40)}`);
    const { description, file } = rendered({ block: { lines, file: 'log.txt' } });
    const shown = description.split('\n').filter((line) => line.endsWith('y'));
    expect(shown).toEqual(lines.slice(0, shown.length));
    expect(plain(description)).toContain(`… and ${1000 - shown.length} more lines in log.txt`);
    expect(file('log.txt').split('\n')).toHaveLength(1001);
  });

  test('of the text is in a file', () => {
    const { description, file } = rendered({
      text: ['a', 'b'.repeat(5000), 'the end'],
      facts: [{ name: 'n', value: 'v' }],
    });
    expect(description).toContain('message.txt');
    expect(file('message.txt')).toContain('the end');
    expect(file('message.txt')).toContain('n: v');
  });

  test('of the headline stands in the text', () => {
    const headline = `${'long '.repeat(100)}end`;
    const { body, description } = rendered({ headline });
    expect(body.content.length).toBeLessThanOrEqual(250);
    expect(body.content).toMatch(/…$/);
    expect(description).toBe(headline);
  });

  test('of a file is cut with a last line that says so, and a bigger picture is left out by name', () => {
    const { files, description } = rendered({
      title: 't',
      files: [
        { name: 'big.txt', data: 'é'.repeat(6 * 1024 * 1024) },
        { name: 'graph.png', data: new Uint8Array(11 * 1024 * 1024) },
      ],
    });
    expect(files.map(({ name }) => name)).toEqual(['big.txt']);
    expect(files[0]?.data.byteLength).toBeLessThanOrEqual(10 * 1024 * 1024);
    expect(Buffer.from(files[0]?.data.subarray(-60) ?? []).toString()).toMatch(/^é*\n\[cut here: .*\]\n$/u);
    expect(plain(description)).toContain('Not attached: graph.png (too big for Discord)');
  });

  test('is at most ten files and 25 MiB', () => {
    const data = new Uint8Array(9 * 1024 * 1024);
    expect(rendered({ files: [1, 2, 3].map((n) => ({ name: `${n}.bin`, data })) }).files).toHaveLength(2);
    const many = Array.from({ length: 12 }, () => ({ name: 'a/b c.txt', data: 'x' }));
    const { files } = rendered({ files: many });
    expect(files).toHaveLength(10);
    expect(new Set(files.map(({ name }) => name)).size).toBe(10);
    expect(files[0]?.name).toBe('a-b-c.txt');
  });
});

describe('secrets', () => {
  const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
  const key = [
    '-----BEGIN PRIVATE KEY-----',
    ...Array.from({ length: 20 }, () => 'QUJD'.repeat(16)),
    '-----END PRIVATE KEY-----',
  ];

  test('are in no part of it, nor in a file', () => {
    const message: Message = {
      headline: [`h ${token}`, { bold: token }],
      tone: 'info',
      title: token,
      titleUrl: `https://a.example/?x=${token}`,
      text: [token, { code: token }, { link: token, url: `https://a.example/${token}` }, ...key],
      block: { lines: key, file: 'a.txt' },
      list: {
        items: Array.from({ length: 40 }, () => ({ lines: [token, 'x'.repeat(300), ...key], whole: key.join('\n') })),
        noun: 'x',
        file: 'b.txt',
      },
      facts: [{ name: token, value: token }],
      footer: token,
      buttons: [{ label: token, url: `https://a.example/${token}` }],
      files: [{ name: 'c.txt', data: key.join('\n'), description: token }],
    };
    const { body, files } = rendered(message, { marker: 'm' });
    const all = JSON.stringify(body) + files.map(({ data }) => Buffer.from(data).toString()).join('');
    expect(all).not.toContain('ghp_0123');
    expect(all).not.toContain('QUJDQUJD');
  });

  test('do not hide behind characters that cannot be seen', () => {
    expect(rendered({ headline: `t ${token.slice(0, 8)}\u200b${token.slice(8)}` }).body.content).not.toContain('ghp_');
  });
});

describe('buttons', () => {
  const button = (n: number) => ({ label: `B${n}`, style: 'secondary', action: 'page', subject: String(n) }) as const;

  test('stand in rows of five, each once', () => {
    const { body } = rendered({ buttons: [...Array.from({ length: 7 }, (_, n) => button(n)), button(3)] });
    expect(body.components.map(({ components }) => components.length)).toEqual([5, 2]);
    expect(body.components[1]?.components[0]).toEqual({ type: 2, style: 2, label: 'B5', custom_id: 'page:5' });
  });

  test('beyond 25 are left out, links among them shown as text', () => {
    const buttons = [
      ...Array.from({ length: 25 }, (_, n) => button(n)),
      { label: 'Runbook', url: 'https://a.example/r' },
    ];
    const { body, description } = rendered({ buttons });
    expect(body.components.flatMap(({ components }) => components)).toHaveLength(25);
    expect(plain(description)).toBe('Runbook (https://a.example/r)');
  });

  test('whose address Discord refuses are text', () => {
    const { body, description } = rendered({
      buttons: [
        { label: 'Runbook', url: 'http://runbooks/x' },
        { label: 'Graph', url: 'https://grafana.example/d/1' },
      ],
    });
    expect(plain(description)).toBe('Runbook (http://runbooks/x)');
    expect(body.components).toEqual([
      { type: 1, components: [{ type: 2, style: 5, label: 'Graph', url: 'https://grafana.example/d/1' }] },
    ]);
  });

  test('have a label that can be read', () => {
    const { body } = rendered({
      buttons: [
        { ...button(1), label: '\u200b' },
        { ...button(2), label: 'z'.repeat(100), disabled: true },
      ],
    });
    expect(body.components[0]?.components[0]).toMatchObject({ label: 'page' });
    expect(body.components[0]?.components[1]).toMatchObject({ label: `${'z'.repeat(79)}…`, disabled: true });
  });
});

test('a picture is shown in the card', () => {
  const { embed, body } = rendered({
    title: 'Load',
    files: [{ name: 'graph.png', data: new Uint8Array(10), description: 'Load of node-1 in the last hour' }],
  });
  expect(embed?.image).toEqual({ url: 'attachment://graph.png' });
  expect(body.attachments[0]?.description).toBe('Load of node-1 in the last hour');
});

test('code that ends in an underscore does not slant the words before it', () => {
  const { description } = rendered({ text: ['node_name is ', ['see ', { code: 'x_' }]] });
  expect(plain(description)).toBe('node_name is\nsee x_');
});
