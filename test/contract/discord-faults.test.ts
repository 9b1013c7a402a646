// What a test can make go wrong in the sandbox's Discord, and that nothing stays open afterwards.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Discord, startDiscord } from '../../sandbox/discord/discord.ts';
import { call, post } from './discord-calls.ts';
import { type Bot, connect } from './discord-gateway-client.ts';

let discord: Discord;
let bots: Bot[];

beforeEach(async () => {
  bots = [];
  discord = await startDiscord({ windows: { identify: 0 } });
});
afterEach(async () => {
  for (const bot of bots) bot.close();
  await discord.stop();
});

const send = (content = 'x') => post(discord, 'alerts', { content });
const shown = () => discord.messages('alerts').map((message) => message.content);

describe('the next request that fits', () => {
  test('is answered a status of choice, as often as said', async () => {
    discord.faults.next(
      { method: 'POST', path: '/messages', times: 2 },
      { status: 502, body: 'Bad Gateway', headers: { via: 'test' } },
    );
    const [first, second, third] = [await send(), await send(), await send()];
    expect([first.status, second.status, third.status]).toEqual([502, 502, 200]);
    expect([first.body, first.headers.get('via')]).toEqual(['Bad Gateway', 'test']);
    expect(shown()).toHaveLength(1);
  });

  test('is left alone when it does not fit', async () => {
    discord.faults.next({ method: 'PATCH', path: /messages/ }, { status: 500 });
    expect((await send()).status).toBe(200);
  });

  test.each([
    ['drop before acting', 0],
    ['drop after acting', 1],
  ] as const)('%s: the connection is reset, and %d message is there', async (fault, count) => {
    discord.faults.next({ path: '/messages' }, fault);
    await expect(send()).rejects.toThrow('fetch failed');
    expect(shown()).toHaveLength(count);
    expect(discord.requests.of({ path: '/messages' })).toMatchObject([{ status: null, acted: count === 1 }]);
  });

  test.each([
    ['hang', 0],
    ['hang after acting', 1],
  ] as const)('%s: no answer, and %d message is there', async (fault, count) => {
    discord.faults.next({ path: '/messages' }, fault);
    const stopped = new AbortController();
    const sent = fetch(`${discord.url}/v10/channels/${discord.channelId('alerts')}/messages`, {
      method: 'POST',
      headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'x' }),
      signal: stopped.signal,
    });
    await discord.waitFor(() => discord.requests.of({ path: '/messages' }).length === 1);
    await discord.waitFor(() => shown().length === count);
    stopped.abort();
    await expect(sent).rejects.toThrow('aborted');
  });

  test('is answered late', async () => {
    discord.faults.next({ path: '/messages' }, { delayMs: 300 });
    const late = send('late');
    await discord.waitFor(() => discord.requests.total === 1);
    const [, prompt] = await Promise.all([late, send('prompt')]);
    expect(prompt.status).toBe(200);
    expect(shown()).toEqual(['prompt', 'late']);
  });

  test.each([
    ['route', 'application/json', 'user'],
    ['global', 'application/json', 'global'],
    ['shared', 'application/json', 'shared'],
    ['cloudflare', 'text/html; charset=UTF-8', null],
  ] as const)('is rate limited: %s', async (rateLimit, type, scope) => {
    discord.faults.next({ path: '/messages' }, { rateLimit, retryAfterMs: 2_500 });
    const { status, headers } = await send();
    expect([status, headers.get('retry-after'), headers.get('content-type'), headers.get('x-ratelimit-scope')]).toEqual(
      [429, '3', type, scope],
    );
    expect(discord.requests.rateLimited).toBe(1);
    expect(shown()).toEqual([]);
  });
});

describe('the whole server', () => {
  test('goes away and comes back with everything, on the same port', async () => {
    await send('before');
    const bot = await connect(discord);
    bots.push(bot);
    await discord.faults.away();
    expect(await bot.closed).toBe(1006);
    await expect(send()).rejects.toThrow('fetch failed');
    await discord.faults.back();
    await send('after');
    expect(shown()).toEqual(['before', 'after']);
    bots.push(await connect(discord));
  });

  test('is back after the faults are cleared', async () => {
    discord.faults.next({}, { status: 500 });
    await discord.faults.away();
    await discord.faults.clear();
    expect((await send()).status).toBe(200);
  });
});

describe('a reset', () => {
  test('takes everything back to the seed, and leaves clients connected', async () => {
    const bot = await connect(discord);
    bots.push(bot);
    await send();
    discord.deny('alerts', 'SendMessages');
    discord.setRoles('nils', ['admin']);
    discord.faults.next({}, { status: 500 });
    discord.reset();
    expect([shown(), discord.requests.total, discord.connected]).toEqual([[], 0, 1]);
    expect((await send()).status).toBe(200);
    const { body } = await call(discord, 'GET', `/guilds/${discord.guildId}/members/${discord.userId('nils')}`);
    expect(body.roles).toEqual([]);
  });

  test('can keep the commands', async () => {
    await call(discord, 'POST', `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`, {
      body: { name: 'nodes', description: 'x' },
    });
    discord.reset({ keepCommands: true });
    expect(discord.commands).toEqual(['nodes']);
    discord.reset();
    expect(discord.commands).toEqual([]);
  });
});

describe('waiting', () => {
  test('ends when it is so', async () => {
    const waited = discord.waitForMessage('alerts', (message) => message.content === 'second');
    await send('first');
    await send('second');
    expect((await waited).content).toBe('second');
  });

  test('says what is there when it is not so in time', async () => {
    await send('first');
    const waited = discord.waitForMessage('alerts', (message) => message.content === 'second', {
      timeoutMs: 20,
      what: 'the second message',
    });
    await expect(waited).rejects.toThrow(
      /After 20 ms there is not: the second message\.[\s\S]*#alerts: 1 message\n {2}- homelab-bot: first/,
    );
  });

  test('ends when the sandbox is stopped', async () => {
    const waited = discord.waitForMessage('alerts');
    const refused = expect(waited).rejects.toThrow('stopped');
    await discord.stop();
    await refused;
  });
});
