// Discord's rate limits in the sandbox: headers, 429s of every kind, and what is exempt. The clock stands still unless moved.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Discord, type DiscordOptions, startDiscord } from '../../sandbox/discord/discord.ts';
import { call, post } from './discord-calls.ts';
import { type Bot, connect } from './discord-gateway-client.ts';

let discord: Discord;
let clock = Date.UTC(2026, 10, 3, 12);
let bots: Bot[] = [];

async function start(options: DiscordOptions = {}): Promise<void> {
  discord = await startDiscord({ now: () => clock, ...options });
}

beforeEach(() => start());
afterEach(async () => {
  for (const bot of bots) bot.close();
  bots = [];
  await discord.stop();
});

const send = (channel = 'alerts') => post(discord, channel, { content: 'x' });

async function times<T>(count: number, run: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index += 1) results.push(await run());
  return results;
}

describe('a route', () => {
  test('tells its bucket with every answer', async () => {
    const { headers } = await send();
    const told = ['limit', 'remaining', 'reset', 'reset-after'].map((name) => headers.get(`x-ratelimit-${name}`));
    expect(told).toEqual(['5', '4', ((clock + 5_000) / 1000).toFixed(3), '5.000']);
    expect(headers.get('x-ratelimit-bucket')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('refuses the sixth message in five seconds, per channel, and opens again', async () => {
    await times(5, send);
    clock += 1_500;
    const refused = await send();
    expect(refused).toMatchObject({
      status: 429,
      body: { message: 'You are being rate limited.', retry_after: 3.5, global: false },
    });
    const { headers } = refused;
    expect([
      headers.get('retry-after'),
      headers.get('x-ratelimit-scope'),
      headers.get('x-ratelimit-remaining'),
    ]).toEqual(['4', 'user', '0']);
    expect((await send('general')).status).toBe(200);
    clock += 3_500;
    expect((await send()).status).toBe(200);
    expect([discord.requests.rateLimited, discord.requests.invalid]).toEqual([1, 1]);
  });

  test('counts edits apart from new messages', async () => {
    const [sent] = await times(5, send);
    const path = `/channels/${discord.channelId('alerts')}/messages/${sent?.body.id}`;
    expect((await call(discord, 'PATCH', path, { body: { content: 'y' } })).status).toBe(200);
  });

  test('edits messages older than an hour three times in six seconds', async () => {
    const sent = await send();
    clock += 3_600_001;
    const path = `/channels/${discord.channelId('alerts')}/messages/${sent.body.id}`;
    const edits = await times(4, () => call(discord, 'PATCH', path, { body: { content: 'y' } }));
    expect(edits.map((edit) => edit.status)).toEqual([200, 200, 200, 429]);
    expect(edits[3]?.body).toMatchObject({ code: 30046, global: false });
  });
});

describe('the global limit', () => {
  test('refuses the 51st request in a second, and says that it is global', async () => {
    await discord.stop();
    await start({ rateLimits: { other: { limit: 1_000, perMs: 1_000 } } });
    const replies = await times(51, () => call(discord, 'GET', '/users/@me'));
    const last = replies[50];
    expect(last).toMatchObject({ status: 429, body: { global: true, retry_after: 1 } });
    expect([last?.headers.get('x-ratelimit-global'), last?.headers.get('x-ratelimit-scope')]).toEqual([
      'true',
      'global',
    ]);
  });
});

describe('answers to interactions', () => {
  test('are exempt from the global limit, but five in two seconds each and thirty a minute in a channel', async () => {
    await discord.stop();
    await start({ rateLimits: { global: { limit: 3, perMs: 1_000 } } });
    const bot = await connect(discord);
    bots.push(bot);
    const base = `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`;
    await call(discord, 'POST', base, { body: { name: 'nodes', description: 'x' } });
    let token = '';
    bot.on('INTERACTION_CREATE', (data) => {
      token = data.token;
      void call(discord, 'POST', `/interactions/${data.id}/${data.token}/callback`, {
        body: { type: 5 },
        authorization: null,
      });
    });
    const edit = () =>
      call(discord, 'PATCH', `/webhooks/${discord.applicationId}/${token}/messages/@original`, {
        body: { content: 'x' },
        authorization: null,
      });
    await discord.as('vera').command('nodes');
    expect((await times(6, edit)).map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200, 429]);
    const statuses: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      clock += 2_000;
      statuses.push(...(await times(5, edit)).map((reply) => reply.status));
    }
    expect(statuses.indexOf(429)).toBe(25);
    const refused = await edit();
    expect(refused.headers.get('x-ratelimit-scope')).not.toBeNull();
  });
});

describe('invalid requests', () => {
  test('end in a block by Cloudflare that is no JSON', async () => {
    await discord.stop();
    await start({ rateLimits: { invalidRequests: { limit: 3, perMs: 600_000 } } });
    await times(4, () => call(discord, 'GET', '/users/@me', { authorization: 'Bot wrong' }));
    const blocked = await call(discord, 'GET', '/users/@me');
    expect([blocked.status, blocked.headers.get('x-ratelimit-bucket')]).toEqual([429, null]);
    expect(blocked.headers.get('content-type')).toContain('text/html');
  });

  test('do not count those of a shared limit', async () => {
    discord.faults.next({ path: '/messages' }, { rateLimit: 'shared', retryAfterMs: 1_000 });
    expect((await send()).body.message).toBe('The resource is being rate limited.');
    expect(discord.requests.invalid).toBe(0);
  });
});

test('switched off, nothing is refused but headers are sent', async () => {
  await discord.stop();
  await start({ rateLimits: 'off' });
  const replies = await times(8, send);
  expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
  expect(replies[7]?.headers.get('x-ratelimit-limit')).toBe('5');
});
