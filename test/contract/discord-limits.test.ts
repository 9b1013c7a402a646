// Every documented limit of a message is refused as Discord refuses it, and what is just within it is taken.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Discord, startDiscord } from '../../sandbox/discord/discord.ts';
import { call, formErrors, post } from './discord-calls.ts';

let discord: Discord;

beforeAll(async () => {
  discord = await startDiscord({ rateLimits: 'off' });
});
beforeEach(() => discord.reset());
afterAll(() => discord.stop());

const text = (length: number) => 'x'.repeat(length);
const row = (...components: unknown[]) => ({ type: 1, components });
const button = (given: object) => ({ type: 2, style: 2, label: 'Press', custom_id: 'press', ...given });
const embed = (given: object) => ({ embeds: [{ description: 'something', ...given }] });
const withRow = (...components: unknown[]) => ({ content: 'x', components: [row(...components)] });
const select = (given: object) => ({ type: 3, custom_id: 'pick', options: [{ label: 'a', value: 'a' }], ...given });
const fields = (count: number) => Array.from({ length: count }, () => ({ name: 'n', value: 'v' }));
const textOnly = (...components: unknown[]) => ({ flags: 1 << 15, components });

describe('refused with 50035 and the place', () => {
  test.each<[string, unknown, string]>([
    ['content over 2,000', { content: text(2001) }, 'content: BASE_TYPE_MAX_LENGTH'],
    ['content that is no text', { content: { a: 1 } }, 'content: STRING_TYPE_CONVERT'],
    ['eleven embeds', { embeds: Array.from({ length: 11 }, () => ({ title: 'x' })) }, 'embeds: BASE_TYPE_MAX_LENGTH'],
    [
      '6,001 characters in all embeds',
      { embeds: [{ description: text(4096) }, { description: text(1905) }] },
      'embeds: MAX_EMBED_SIZE_EXCEEDED',
    ],
    ['a title over 256', embed({ title: text(257) }), 'embeds.0.title: BASE_TYPE_MAX_LENGTH'],
    ['a description over 4,096', embed({ description: text(4097) }), 'embeds.0.description: BASE_TYPE_MAX_LENGTH'],
    ['26 fields', embed({ fields: fields(26) }), 'embeds.0.fields: BASE_TYPE_MAX_LENGTH'],
    [
      "a field's name over 256",
      embed({ fields: [{ name: text(257), value: 'v' }] }),
      'embeds.0.fields.0.name: BASE_TYPE_MAX_LENGTH',
    ],
    [
      "a field's value over 1,024",
      embed({ fields: [{ name: 'n', value: text(1025) }] }),
      'embeds.0.fields.0.value: BASE_TYPE_MAX_LENGTH',
    ],
    [
      "a field's value of spaces",
      embed({ fields: [{ name: 'n', value: '  ' }] }),
      'embeds.0.fields.0.value: BASE_TYPE_REQUIRED',
    ],
    ['a footer over 2,048', embed({ footer: { text: text(2049) } }), 'embeds.0.footer.text: BASE_TYPE_MAX_LENGTH'],
    ['an author over 256', embed({ author: { name: text(257) } }), 'embeds.0.author.name: BASE_TYPE_MAX_LENGTH'],
    ['an empty embed', { embeds: [{}] }, 'embeds.0.description: BASE_TYPE_REQUIRED'],
    ['a colour beyond white', embed({ color: 0x1000000 }), 'embeds.0.color: NUMBER_TYPE_MAX'],
    ['a time that is none', embed({ timestamp: 'yesterday' }), 'embeds.0.timestamp: DATE_TIME_TYPE_PARSE'],
    ['a link of another scheme', embed({ url: 'javascript:alert(1)' }), 'embeds.0.url: URL_TYPE_INVALID_SCHEME'],
    [
      'a link to a host without a dot',
      embed({ url: 'http://prometheus-operated:9090/graph' }),
      'embeds.0.url: URL_TYPE_INVALID_URL',
    ],
    [
      'a picture that is not attached',
      embed({ image: { url: 'attachment://graph.png' } }),
      'embeds.0.image.url: UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
    ],
    [
      'six rows',
      { content: 'x', components: Array.from({ length: 6 }, (_, i) => row(button({ custom_id: `b${i}` }))) },
      'components: BASE_TYPE_MAX_LENGTH',
    ],
    [
      'six buttons in a row',
      withRow(...Array.from({ length: 6 }, (_, i) => button({ custom_id: `b${i}` }))),
      'components.0.components: BASE_TYPE_BAD_LENGTH',
    ],
    ['an empty row', withRow(), 'components.0.components: BASE_TYPE_BAD_LENGTH'],
    [
      'a select beside a button',
      withRow(select({}), button({})),
      'components.0.components: COMPONENT_LAYOUT_WIDTH_EXCEEDED',
    ],
    ['a label over 80', withRow(button({ label: text(81) })), 'components.0.components.0.label: BASE_TYPE_MAX_LENGTH'],
    [
      'a button without label and emoji',
      withRow(button({ label: undefined })),
      'components.0.components.0: BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL',
    ],
    [
      'a custom id over 100',
      withRow(button({ custom_id: text(101) })),
      'components.0.components.0.custom_id: BASE_TYPE_BAD_LENGTH',
    ],
    [
      'the same custom id twice',
      { content: 'x', components: [row(button({})), row(button({}))] },
      'components.1.components.0.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      'a link button with a custom id',
      withRow(button({ style: 5, url: 'https://example.org' })),
      'components.0.components.0.custom_id: BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
    ],
    [
      'a link button over 512',
      withRow(button({ style: 5, custom_id: undefined, url: `https://example.org/${text(500)}` })),
      'components.0.components.0.url: BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a link button to a host without a dot',
      withRow(button({ style: 5, custom_id: undefined, url: 'http://grafana/d/1' })),
      'components.0.components.0.url: URL_TYPE_INVALID_URL',
    ],
    ['an unknown style', withRow(button({ style: 9 })), 'components.0.components.0.style: BASE_TYPE_CHOICES'],
    [
      '26 options',
      withRow(select({ options: Array.from({ length: 26 }, (_, i) => ({ label: 'a', value: `${i}` })) })),
      'components.0.components.0.options: BASE_TYPE_BAD_LENGTH',
    ],
    [
      'the same value twice',
      withRow(
        select({
          options: [
            { label: 'a', value: 'a' },
            { label: 'b', value: 'a' },
          ],
        }),
      ),
      'components.0.components.0.options.1.value: SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
    ],
    [
      'text components in an old message',
      { content: 'x', components: [{ type: 10, content: 'x' }] },
      'components.0.type: BASE_TYPE_CHOICES',
    ],
    [
      'content beside Components V2',
      { ...textOnly({ type: 10, content: 'x' }), content: 'x' },
      'content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ],
    [
      '41 components',
      textOnly(...Array.from({ length: 41 }, () => ({ type: 14 }))),
      'components: BASE_TYPE_MAX_LENGTH',
    ],
    [
      '41 nested components',
      textOnly({ type: 17, components: Array.from({ length: 40 }, () => ({ type: 14 })) }),
      'components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
    ],
    [
      '4,001 characters of text components',
      textOnly({ type: 10, content: text(4000) }, { type: 10, content: 'x' }),
      'components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
    ],
    ['a nonce over 25', { content: 'x', nonce: text(26) }, 'nonce: BASE_TYPE_MAX_LENGTH'],
    [
      '101 mentioned people',
      { content: 'x', allowed_mentions: { users: Array.from({ length: 101 }, (_, i) => `1122334455667${i}`) } },
      'allowed_mentions.users: BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a mention that is no id',
      { content: 'x', allowed_mentions: { roles: ['admins'] } },
      'allowed_mentions.roles.0: NUMBER_TYPE_COERCE',
    ],
    [
      'the same mention twice',
      { content: 'x', allowed_mentions: { users: ['11', '11'] } },
      'allowed_mentions.users.1: SET_TYPE_ALREADY_CONTAINS_VALUE',
    ],
    [
      'all roles and some roles',
      { content: 'x', allowed_mentions: { parse: ['roles'], roles: ['11'] } },
      'allowed_mentions: MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
    ],
    [
      'an unknown kind of mention',
      { content: 'x', allowed_mentions: { parse: ['all'] } },
      'allowed_mentions.parse.0: BASE_TYPE_CHOICES',
    ],
    ['a flag that a bot cannot set', { content: 'x', flags: 1 << 6 }, 'flags: BASE_TYPE_CHOICES'],
    [
      'a reply to nothing',
      { content: 'x', message_reference: { message_id: '11' } },
      'message_reference: REPLIES_UNKNOWN_MESSAGE',
    ],
    [
      'an attachment without its file',
      { content: 'x', attachments: [{ id: '0', filename: 'a.txt' }] },
      'attachments.0.id: ATTACHMENT_NOT_FOUND',
    ],
    [
      'an alternative text over 1,024',
      { content: 'x', attachments: [{ id: '0', description: text(1025) }] },
      'attachments.0.description: BASE_TYPE_MAX_LENGTH',
    ],
  ])('%s', async (_, body, error) => {
    const reply = await post(discord, 'alerts', body);
    expect(reply).toMatchObject({ status: 400, body: { code: 50035, message: 'Invalid Form Body' } });
    expect(formErrors(reply)).toContain(error);
    expect(discord.messages('alerts')).toEqual([]);
  });

  test('everything that is wrong is told at once', async () => {
    const reply = await post(discord, 'alerts', { content: text(2001), embeds: [{ title: text(257) }], flags: 64 });
    expect(formErrors(reply)).toEqual([
      'flags: BASE_TYPE_CHOICES',
      'content: BASE_TYPE_MAX_LENGTH',
      'embeds.0.title: BASE_TYPE_MAX_LENGTH',
    ]);
  });

  test('an id in the path that is none', async () => {
    const reply = await call(discord, 'GET', '/channels/alerts/messages');
    expect(reply.body).toMatchObject({
      code: 50035,
      errors: { channel_id: { _errors: [{ message: 'Value "alerts" is not snowflake.' }] } },
    });
  });

  test('a page of no or too many messages', async () => {
    const path = `/channels/${discord.channelId('alerts')}/messages`;
    for (const limit of [0, 101]) expect((await call(discord, 'GET', `${path}?limit=${limit}`)).status).toBe(400);
  });
});

describe('just within the limits', () => {
  test.each<[string, unknown]>([
    ['content of 2,000', { content: text(2000) }],
    ['6,000 characters in all embeds', { embeds: [{ description: text(4096) }, { description: text(1904) }] }],
    ['25 fields', embed({ fields: fields(25) })],
    [
      '25 buttons',
      {
        content: 'x',
        components: Array.from({ length: 5 }, (_, i) =>
          row(...Array.from({ length: 5 }, (__, k) => button({ custom_id: `${i}.${k}` }))),
        ),
      },
    ],
    [
      'links to addresses with dots and to Discord',
      withRow(
        button({ style: 5, custom_id: undefined, url: 'http://100.64.0.1:9090/graph' }),
        button({ style: 5, custom_id: undefined, url: 'discord://-/channels/1' }),
      ),
    ],
    ['a silent message', { content: 'x', flags: 1 << 12 }],
    ['a message of Components V2', textOnly({ type: 17, components: [{ type: 10, content: text(4000) }] })],
  ])('%s', async (_, body) => {
    expect((await post(discord, 'alerts', body)).status).toBe(200);
  });
});

describe('other refusals', () => {
  test('an empty message is 50006, also when it has only spaces or buttons', async () => {
    for (const body of [{}, { content: '  \n' }, { components: [row(button({}))] }, { embeds: [] }]) {
      expect(await post(discord, 'alerts', body)).toMatchObject({ status: 400, body: { code: 50006 } });
    }
  });

  test('a file over 10 MiB and a request over 25 MiB are 413', async () => {
    const mebibytes = (count: number) => new Uint8Array(count * 1024 * 1024);
    const one = await post(discord, 'alerts', {}, { files: [{ name: 'a.bin', data: mebibytes(11) }] });
    const three = await post(
      discord,
      'alerts',
      {},
      { files: ['a', 'b', 'c'].map((name) => ({ name, data: mebibytes(9) })) },
    );
    for (const reply of [one, three]) expect(reply).toMatchObject({ status: 413, body: { code: 40005 } });
  });

  test('a body that is no JSON is 50109', async () => {
    const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${discord.url}/v10/channels/${discord.channelId('alerts')}/messages`, {
      method: 'POST',
      headers,
      body: '{',
    });
    expect(await response.json()).toEqual({ message: 'The request body contains invalid JSON.', code: 50109 });
  });

  test('polls, stickers and forwards are not played, and say so', async () => {
    for (const body of [
      { poll: {} },
      { content: 'x', sticker_ids: ['1'] },
      { message_reference: { type: 1, message_id: '1' } },
    ]) {
      expect((await post(discord, 'alerts', body)).status).toBe(501);
    }
  });
});
