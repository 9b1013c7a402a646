// Messages in the sandbox's Discord: who may, who is rung, what an edit keeps, what a nonce prevents, what a page holds.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Discord, type PermissionName, startDiscord } from '../../sandbox/discord/discord.ts';
import { call, post } from './discord-calls.ts';

const admin = '112233445566778803';
let discord: Discord;
let clock = 0;

beforeAll(async () => {
  discord = await startDiscord({ rateLimits: 'off', now: () => clock });
});
beforeEach(() => {
  clock = Date.UTC(2026, 10, 3, 12);
  discord.reset();
});
afterAll(() => discord.stop());

const inAlerts = (rest = '') => `/channels/${discord.channelId('alerts')}/messages${rest}`;
const only = () => {
  const [message, ...others] = discord.messages('alerts');
  if (!message || others.length > 0) throw new Error(discord.describe());
  return message;
};

describe('who asks', () => {
  test.each([
    ['without a token', null],
    ['with a wrong token', 'Bot wrong'],
    ['with the bare token', 'bare'],
  ])('%s is 401', async (_, authorization) => {
    const header = authorization === 'bare' ? discord.token : authorization;
    const reply = await call(discord, 'GET', '/users/@me', { authorization: header });
    expect(reply).toMatchObject({ status: 401, body: { message: '401: Unauthorized', code: 0 } });
  });

  test('a revoked token is refused until it is restored', async () => {
    discord.revokeToken();
    expect((await post(discord, 'alerts', { content: 'x' })).status).toBe(401);
    discord.restoreToken();
    expect((await post(discord, 'alerts', { content: 'x' })).status).toBe(200);
  });

  test('unknown routes are 404, known ones with another method 405, other versions 400', async () => {
    expect((await call(discord, 'GET', '/nothing')).body).toEqual({ message: '404: Not Found', code: 0 });
    expect((await call(discord, 'DELETE', '/users/@me')).body).toEqual({ message: '405: Method Not Allowed', code: 0 });
    expect((await fetch(`${discord.url}/v6/users/@me`)).status).toBe(400);
  });
});

describe('what the bot may', () => {
  test.each<[PermissionName, unknown, number, number]>([
    ['ViewChannel', { content: 'x' }, 403, 50001],
    ['SendMessages', { content: 'x' }, 403, 50013],
    ['EmbedLinks', { embeds: [{ title: 'x' }] }, 403, 50013],
  ])('without %s a message is refused', async (permission, body, status, code) => {
    discord.deny('alerts', permission);
    expect(await post(discord, 'alerts', body)).toMatchObject({ status, body: { code } });
    discord.allow('alerts', permission);
    expect((await post(discord, 'alerts', body)).status).toBe(200);
  });

  test('without ATTACH_FILES a file is refused', async () => {
    discord.deny('alerts', 'AttachFiles');
    const reply = await post(discord, 'alerts', {}, { files: [{ name: 'a.txt', data: 'x' }] });
    expect(reply).toMatchObject({ status: 403, body: { code: 50013 } });
  });

  test('without READ_MESSAGE_HISTORY the list is empty, a message refused, and a reply too', async () => {
    const { body } = await post(discord, 'alerts', { content: 'x' });
    discord.deny('alerts', 'ReadMessageHistory');
    expect(await call(discord, 'GET', inAlerts())).toMatchObject({ status: 200, body: [] });
    expect((await call(discord, 'GET', inAlerts(`/${body.id}`))).body.code).toBe(50013);
    expect(
      (await post(discord, 'alerts', { content: 'y', message_reference: { message_id: body.id } })).body.code,
    ).toBe(160002);
  });

  test('a channel that is gone is 10003, a message that is gone 10008', async () => {
    expect((await call(discord, 'GET', '/channels/11/messages')).body).toEqual({
      message: 'Unknown Channel',
      code: 10003,
    });
    const { body } = await post(discord, 'alerts', { content: 'x' });
    discord.deleteMessage(only());
    expect((await call(discord, 'PATCH', inAlerts(`/${body.id}`), { body: { content: 'y' } })).body.code).toBe(10008);
    discord.deleteChannel('general');
    expect(() => discord.channelId('general')).toThrow('no channel');
  });

  test("another's message cannot be edited, and deleted only with MANAGE_MESSAGES", async () => {
    const { id } = discord.as('vera').say('alerts', 'hello');
    expect((await call(discord, 'PATCH', inAlerts(`/${id}`), { body: { content: 'y' } })).body.code).toBe(50005);
    expect((await call(discord, 'DELETE', inAlerts(`/${id}`))).body.code).toBe(50013);
    discord.allow('alerts', 'ManageMessages');
    expect((await call(discord, 'DELETE', inAlerts(`/${id}`))).status).toBe(204);
  });

  test('people see the channels that their roles see', async () => {
    await post(discord, 'audit', { content: 'x' });
    expect(discord.as('otto').sees('audit')).toHaveLength(1);
    expect(discord.as('nils').sees('audit')).toHaveLength(0);
  });
});

describe('who is rung', () => {
  const ring = `<@&${admin}> <@112233445566778822> @everyone`;
  const rang = async (body: object) => {
    await post(discord, 'alerts', body);
    return only().rang;
  };

  test('everything that the content names, where nothing is said about it', async () => {
    expect(await rang({ content: ring })).toEqual(['112233445566778822', admin, discord.guildId]);
  });

  test('nobody with an empty parse', async () => {
    expect(await rang({ content: ring, allowed_mentions: { parse: [] } })).toEqual([]);
  });

  test('only who is listed', async () => {
    expect(await rang({ content: ring, allowed_mentions: { parse: [], roles: [admin] } })).toEqual([admin]);
  });

  test('nobody by an embed', async () => {
    expect(await rang({ embeds: [{ description: ring }] })).toEqual([]);
  });

  test('nobody by a silent message, though it mentions', async () => {
    expect(await rang({ content: ring, flags: 1 << 12 })).toEqual([]);
    expect(only().silent).toBe(true);
  });

  test('no role without MENTION_EVERYONE', async () => {
    discord.deny('alerts', 'MentionEveryone');
    expect(await rang({ content: ring })).toEqual(['112233445566778822']);
  });

  test('nobody by an edit', async () => {
    const { body } = await post(discord, 'alerts', { content: 'x' });
    const edited = await call(discord, 'PATCH', inAlerts(`/${body.id}`), { body: { content: `<@&${admin}>` } });
    expect(edited.body.mention_roles).toEqual([admin]);
    expect(only().rang).toEqual([]);
  });
});

describe('an edit', () => {
  test('changes what it speaks of, keeps the rest, and leaves its history', async () => {
    const { body } = await post(discord, 'alerts', { content: 'firing', embeds: [{ title: 'NodeDown' }] });
    expect(body.edited_timestamp).toBeNull();
    clock += 60_000;
    const edited = await call(discord, 'PATCH', inAlerts(`/${body.id}`), { body: { content: 'resolved' } });
    expect(edited.body).toMatchObject({
      content: 'resolved',
      embeds: [{ title: 'NodeDown' }],
      edited_timestamp: '2026-11-03T12:01:00.000000+00:00',
    });
    expect(only().revisions.map((revision) => revision.content)).toEqual(['firing', 'resolved']);
  });

  test('keeps the files that it lists, and those of a request that lists none', async () => {
    const files = [
      { name: 'a.txt', data: 'first' },
      { name: 'b.txt', data: 'second' },
    ];
    const { body } = await post(discord, 'alerts', {}, { files });
    await call(discord, 'PATCH', inAlerts(`/${body.id}`), { body: { content: 'x' } });
    expect(only().files.map((file) => file.text())).toEqual(['first', 'second']);
    const listed = { attachments: [{ id: body.attachments[1].id }, { id: '0', description: 'new' }] };
    await call(discord, 'PATCH', inAlerts(`/${body.id}`), { body: listed, files: [{ name: 'c.txt', data: 'third' }] });
    expect(only().files.map((file) => file.filename)).toEqual(['b.txt', 'c.txt']);
  });

  test('cannot leave a message empty', async () => {
    const { body } = await post(discord, 'alerts', { content: 'x' });
    expect((await call(discord, 'PATCH', inAlerts(`/${body.id}`), { body: { content: '' } })).body.code).toBe(50006);
    expect(only().content).toBe('x');
  });
});

describe('files', () => {
  test('are served under the address that the message and its embed name', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000a00000005', 'hex');
    const body = {
      embeds: [{ title: 'x', image: { url: 'attachment://graph.png' } }],
      attachments: [{ id: '0', filename: 'graph.png' }],
    };
    const reply = await post(discord, 'alerts', body, { files: [{ name: 'graph.png', data: png, type: 'image/png' }] });
    expect(reply.body.attachments).toMatchObject([
      { filename: 'graph.png', size: 24, width: 10, height: 5, content_type: 'image/png' },
    ]);
    expect(reply.body.embeds[0].image.url).toBe(reply.body.attachments[0].url);
    const file = await fetch(reply.body.attachments[0].url);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(png);
  });

  test('get the name that Discord makes of theirs', async () => {
    const reply = await post(discord, 'alerts', {}, { files: [{ name: 'a b/c?.txt', data: 'x' }] });
    expect(reply.body.attachments[0].filename).toBe('a_b_c_.txt');
  });
});

describe('a nonce', () => {
  const send = (channel: string, nonce: string, enforce = true) =>
    post(discord, channel, { content: 'x', nonce, enforce_nonce: enforce });

  test('makes the same message once, whatever the channel', async () => {
    const first = await send('alerts', 'a-1');
    const again = await send('alerts-critical', 'a-1');
    expect(again.body.id).toBe(first.body.id);
    expect(discord.messages('alerts-critical')).toEqual([]);
  });

  test('is forgotten after the window', async () => {
    await send('alerts', 'a-1');
    clock += 120_001;
    await send('alerts', 'a-1');
    discord.forgetNonces();
    await send('alerts', 'a-1');
    expect(discord.messages('alerts')).toHaveLength(3);
  });

  test('is not enforced unless asked for', async () => {
    await send('alerts', 'a-1', false);
    await send('alerts', 'a-1', false);
    expect(discord.messages('alerts')).toHaveLength(2);
  });

  test('of a message that was deleted is 10008', async () => {
    await send('alerts', 'a-1');
    discord.deleteMessage(only());
    expect(await send('alerts', 'a-1')).toMatchObject({ status: 404, body: { code: 10008 } });
  });

  test('works with files, and cannot be read later', async () => {
    const body = { nonce: 'a-1', enforce_nonce: true };
    const first = await post(discord, 'alerts', body, { files: [{ name: 'a.txt', data: 'x' }] });
    const again = await post(discord, 'alerts', body, { files: [{ name: 'a.txt', data: 'x' }] });
    expect([first.body.nonce, again.body.id]).toEqual(['a-1', first.body.id]);
    expect((await call(discord, 'GET', inAlerts(`/${first.body.id}`))).body.nonce).toBeUndefined();
  });
});

describe('a page of messages', () => {
  test('is newest first, before, after and around an id', async () => {
    for (const content of ['1', '2', '3', '4', '5']) await post(discord, 'alerts', { content });
    const ids = discord.messages('alerts').map((message) => message.id);
    const read = async (query: string) =>
      (await call(discord, 'GET', inAlerts(query))).body.map((one: { content: string }) => one.content).join('');
    expect(await read('')).toBe('54321');
    expect(await read('?limit=2')).toBe('54');
    expect(await read(`?before=${ids[2]}`)).toBe('21');
    expect(await read(`?after=${ids[1]}&limit=2`)).toBe('43');
    expect(await read(`?around=${ids[2]}&limit=3`)).toBe('432');
  });

  test('starts where a time says, because ids hold theirs', async () => {
    await post(discord, 'alerts', { content: 'old' });
    clock += 60_000;
    const after = String((BigInt(clock - 1) - 1_420_070_400_000n) << 22n);
    await post(discord, 'alerts', { content: 'new' });
    const { body } = await call(discord, 'GET', inAlerts(`?after=${after}`));
    expect(body).toMatchObject([{ content: 'new' }]);
  });
});
