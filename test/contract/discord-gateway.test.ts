// The sandbox's gateway: identifying, resuming, heartbeats, intents, and the codes it closes with.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Discord, type DiscordOptions, startDiscord } from '../../sandbox/discord/discord.ts';
import { call, post } from './discord-calls.ts';
import { type Bot, connect, identify, open, type Payload } from './discord-gateway-client.ts';

const messagesToo = 1 | (1 << 9);
let discord: Discord;
let bots: Bot[];
let clock: number;

async function start(options: DiscordOptions = {}): Promise<void> {
  clock = Date.UTC(2026, 10, 3, 12);
  discord = await startDiscord({ now: () => clock, rateLimits: 'off', ...options });
}

beforeEach(async () => {
  bots = [];
  await start();
});
afterEach(async () => {
  for (const bot of bots) bot.close();
  await discord.stop();
});

function kept(bot: Bot): Bot {
  bots.push(bot);
  return bot;
}
const opened = async (query?: string) => kept(await open(discord, query));
const connected = async (changes?: Record<string, unknown>) => kept(await connect(discord, changes));

async function ready(bot: Bot): Promise<{ session_id: string; resume_gateway_url: string }> {
  return (await bot.dispatched('READY')).d;
}
const lastSequence = (bot: Bot) => Math.max(...bot.received.map((payload) => payload.s ?? 0));
const registerCommand = () =>
  call(discord, 'POST', `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`, {
    body: { name: 'nodes', description: 'x' },
  });

describe('a connection', () => {
  test('is greeted, identified, and told of the guild', async () => {
    const bot = await opened();
    expect((await bot.next((payload) => payload.op === 10)).d.heartbeat_interval).toBe(41_250);
    identify(bot, discord);
    expect(await ready(bot)).toMatchObject({
      v: 10,
      user: { bot: true },
      guilds: [{ id: discord.guildId, unavailable: true }],
      shard: [0, 1],
    });
    const guild = await bot.dispatched('GUILD_CREATE');
    expect(guild).toMatchObject({ s: 2, d: { id: discord.guildId, name: 'Homelab', member_count: 5 } });
    expect(guild.d.channels).toHaveLength(5);
    expect([discord.connected, discord.requests.identifies]).toEqual([1, 1]);
  });

  test('gets an answer to its heartbeat', async () => {
    const bot = await opened();
    bot.send(1, null);
    expect(await bot.next((payload) => payload.op === 11)).toMatchObject({ op: 11 });
  });

  test('is closed with 4009 when its heart stops', async () => {
    await discord.stop();
    await start({ windows: { heartbeat: 20 } });
    expect(await (await connected()).closed).toBe(4009);
  });

  test('identifies at most every five seconds', async () => {
    await connected();
    const second = await opened();
    identify(second, discord);
    expect(await second.next((payload) => payload.op === 9)).toMatchObject({ d: false });
    clock += 5_000;
    identify(second, discord);
    await ready(second);
  });
});

describe('closed with', () => {
  const cases: [string, number, (bot: Bot) => void][] = [
    ['an unknown opcode', 4001, (bot) => bot.send(99, null)],
    ['what is no JSON', 4002, (bot) => bot.socket.send('{')],
    ['more than 4,096 bytes', 4002, (bot) => bot.send(3, 'x'.repeat(4096))],
    ['anything before IDENTIFY', 4003, (bot) => bot.send(3, {})],
    ['a wrong token', 4004, (bot) => identify(bot, discord, { token: 'wrong' })],
    ['another shard', 4010, (bot) => identify(bot, discord, { shard: [1, 2] })],
    ['unknown intents', 4013, (bot) => identify(bot, discord, { intents: 1 << 30 })],
    ['privileged intents', 4014, (bot) => identify(bot, discord, { intents: 1 << 15 })],
  ];
  test.each(cases)('%s: %d', async (_, code, act) => {
    const bot = await opened();
    act(bot);
    expect(await bot.closed).toBe(code);
  });

  test('another version: 4012', async () => {
    expect(await (await opened('?v=6&encoding=json')).closed).toBe(4012);
  });

  test('a second IDENTIFY: 4005', async () => {
    const bot = await connected();
    identify(bot, discord);
    expect(await bot.closed).toBe(4005);
  });

  test('more than 120 sends a minute: 4008', async () => {
    const bot = await connected();
    for (let sent = 0; sent < 120; sent += 1) bot.send(1, null);
    expect(await bot.closed).toBe(4008);
  });

  test('a token that is revoked: 4004', async () => {
    const bot = await connected();
    discord.revokeToken();
    expect(await bot.closed).toBe(4004);
  });
});

describe('a session', () => {
  test('is resumed with what it missed, without an IDENTIFY', async () => {
    await registerCommand();
    const bot = await connected();
    await bot.dispatched('GUILD_CREATE');
    const { session_id, resume_gateway_url } = await ready(bot);
    discord.faults.closeGateway(4000);
    expect(await bot.closed).toBe(4000);
    const typed = discord.as('vera').command('nodes');
    expect(resume_gateway_url).toBe(discord.url.replace('http', 'ws').replace('/api', ''));
    const again = await opened();
    again.send(6, { token: discord.token, session_id, seq: lastSequence(bot) });
    const missed = await again.dispatched('INTERACTION_CREATE');
    await again.dispatched('RESUMED');
    expect(missed.s).toBe(3);
    await call(discord, 'POST', `/interactions/${missed.d.id}/${missed.d.token}/callback`, { body: { type: 5 } });
    expect((await typed).ack.kind).toBe('deferred');
    expect([discord.requests.identifies, discord.requests.resumes]).toEqual([1, 1]);
  });

  const refused = async (
    seq: number,
    change: () => void,
    session?: string,
  ): Promise<{ bot: Bot; answer: Promise<Payload> }> => {
    const bot = await connected();
    const { session_id } = await ready(bot);
    bot.close();
    await bot.closed;
    await discord.waitFor(() => discord.connected === 0);
    change();
    const again = await opened();
    again.send(6, { token: discord.token, session_id: session ?? session_id, seq });
    return { bot: again, answer: again.next((payload) => payload.op === 9) };
  };

  test('that is unknown or too old must be begun anew', async () => {
    const unknown = await refused(1, () => undefined, 'another');
    expect((await unknown.answer).d).toBe(false);
    clock += 5_000;
    const old = await refused(1, () => {
      clock += 300_001;
    });
    expect((await old.answer).d).toBe(false);
  });

  test('is not resumed beyond what was sent', async () => {
    const { bot } = await refused(99, () => undefined);
    expect(await bot.closed).toBe(4007);
  });

  test('ends with a normal close', async () => {
    const bot = await connected();
    const { session_id } = await ready(bot);
    bot.socket.close(1000);
    await bot.closed;
    await discord.waitFor(() => discord.connected === 0);
    const again = await opened();
    again.send(6, { token: discord.token, session_id, seq: 1 });
    expect((await again.next((payload) => payload.op === 9)).d).toBe(false);
  });

  test('is asked to reconnect, or told that it is over', async () => {
    const bot = await connected();
    discord.faults.askToReconnect();
    await bot.next((payload) => payload.op === 7);
    discord.faults.invalidateSession(false);
    await bot.next((payload) => payload.op === 9);
    expect(discord.connected).toBe(0);
  });

  test('silenced, it hears nothing, and later what it missed by a resume', async () => {
    const bot = await connected({ intents: messagesToo });
    await bot.dispatched('GUILD_CREATE');
    const { session_id } = await ready(bot);
    discord.faults.silenceGateway();
    await post(discord, 'alerts', { content: 'unheard' });
    discord.faults.silenceGateway(false);
    await post(discord, 'alerts', { content: 'heard' });
    expect((await bot.dispatched('MESSAGE_CREATE')).d.content).toBe('heard');
    const again = await opened();
    again.send(6, { token: discord.token, session_id, seq: 2 });
    expect((await again.dispatched('MESSAGE_CREATE')).d.content).toBe('unheard');
  });
});

describe('intents', () => {
  test('with Guilds alone no message is heard of, but every interaction', async () => {
    await registerCommand();
    const bot = await connected();
    await post(discord, 'alerts', { content: 'x' });
    void discord
      .as('vera')
      .command('nodes')
      .catch(() => undefined);
    await bot.dispatched('INTERACTION_CREATE');
    expect(bot.received.some((payload) => payload.t?.startsWith('MESSAGE'))).toBe(false);
  });

  test("with messages, own ones come whole and others' without their content", async () => {
    const bot = await connected({ intents: messagesToo });
    const { body } = await post(discord, 'alerts', { content: 'mine', nonce: 'n1' });
    discord.as('vera').say('alerts', 'hers');
    await call(discord, 'PATCH', `/channels/${body.channel_id}/messages/${body.id}`, { body: { content: 'changed' } });
    discord.deleteMessage(body.id);
    await bot.dispatched('MESSAGE_DELETE');
    const told = bot.received.filter((payload) => payload.t?.startsWith('MESSAGE'));
    expect(told.map((payload) => [payload.t, payload.d.content, payload.d.nonce])).toEqual([
      ['MESSAGE_CREATE', 'mine', 'n1'],
      ['MESSAGE_CREATE', '', undefined],
      ['MESSAGE_UPDATE', 'changed', undefined],
      ['MESSAGE_DELETE', undefined, undefined],
    ]);
  });

  test('of a channel that the bot cannot see nothing is heard', async () => {
    discord.deny('general', 'ViewChannel');
    const bot = await connected({ intents: messagesToo });
    discord.as('vera').say('general', 'unseen');
    discord.as('vera').say('alerts', 'seen');
    expect((await bot.dispatched('MESSAGE_CREATE')).d.channel_id).toBe(discord.channelId('alerts'));
  });
});
