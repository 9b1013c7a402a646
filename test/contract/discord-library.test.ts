// The sandbox's Discord as the real library sees it: discord.js, its client and its REST, unchanged.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client, DiscordAPIError, Events, GatewayIntentBits, MessageFlags, REST, Routes } from 'discord.js';
import { type Discord, startDiscord } from '../../sandbox/discord/discord.ts';
import { checkAnswer, checkRequest } from './spec.ts';

let discord: Discord;
let client: Client<true>;

beforeEach(async () => {
  discord = await startDiscord();
  const made = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.url } });
  made.on(Events.Error, () => undefined);
  const ready = new Promise<Client<true>>((resolve) => made.once(Events.ClientReady, resolve));
  await made.login(discord.token);
  client = await ready;
});
afterEach(async () => {
  await client.destroy();
  await discord.stop();
});

async function channelNamed(name: string) {
  const channel = await client.channels.fetch(discord.channelId(name));
  if (!channel?.isSendable()) throw new Error(`#${name} cannot be written to`);
  return channel;
}

test('the client is ready with the guild and its channels', () => {
  expect(client.guilds.cache.map((guild) => guild.name)).toEqual(['Homelab']);
  expect(client.channels.cache.size).toBe(5);
  expect(client.user.username).toBe('homelab-bot');
});

test('messages with embeds, buttons and files go, are edited and are read back', async () => {
  const channel = await channelNamed('alerts');
  const sent = await channel.send({
    content: 'firing',
    embeds: [{ title: 'NodeDown', description: 'desktop-1 is away', footer: { text: 'ref 1' } }],
    components: [{ type: 1, components: [{ type: 2, style: 2, label: 'Acknowledge', custom_id: 'ack:1' }] }],
    files: [{ attachment: Buffer.from('all of it'), name: 'alerts.txt' }],
    allowedMentions: { parse: [] },
    flags: MessageFlags.SuppressNotifications,
    nonce: 'a-1',
    enforceNonce: true,
  });
  await sent.edit({ content: 'resolved', components: [] });
  const read = await channel.messages.fetch({ after: '0', limit: 10 });
  expect(read.map((message) => [message.content, message.embeds[0]?.footer?.text, message.attachments.size])).toEqual([
    ['resolved', 'ref 1', 1],
  ]);
  expect(discord.messages('alerts')[0]?.files[0]?.text()).toBe('all of it');
});

test('commands are registered, completed, answered, followed up, and pressed', async () => {
  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isAutocomplete()) await interaction.respond([{ name: 'desktop-1', value: 'desktop-1' }]);
    if (interaction.isButton()) await interaction.update({ content: 'page 2', components: [] });
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const next = { type: 2, style: 2, label: 'Next', custom_id: 'page:2' } as const;
    await interaction.editReply({
      content: `page 1 of ${interaction.options.getString('node')}`,
      components: [{ type: 1, components: [next] }],
    });
    await interaction.followUp({ content: 'and more', flags: MessageFlags.Ephemeral });
  });
  const node = { type: 3, name: 'node', description: 'Only this one', autocomplete: true } as const;
  await client.application.commands.set(
    [{ name: 'nodes', description: 'The nodes', options: [node] }],
    discord.guildId,
  );
  const vera = discord.as('vera');
  expect(await vera.complete('nodes', 'node', 'desk')).toEqual([{ name: 'desktop-1', value: 'desktop-1' }]);
  const result = await vera.command('nodes', { node: 'desktop-1' });
  const page = await result.until((reply) => reply.content === 'page 1 of desktop-1');
  await result.followUp((message) => message.content === 'and more');
  expect((await vera.press(page, 'Next')).reply?.content).toBe('page 2');
  expect(discord.requests.all.flatMap((entry) => [...checkRequest(entry), ...checkAnswer(entry)])).toEqual([]);
});

test("a refusal arrives as the library's own error", async () => {
  const channel = await channelNamed('alerts');
  const refused = await channel.send({ content: 'x'.repeat(2001) }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DiscordAPIError);
  expect(refused).toMatchObject({ code: 50035, status: 400 });
  discord.deny('alerts', 'SendMessages');
  await expect(channel.send('x')).rejects.toMatchObject({ code: 50013 });
});

describe('the connection', () => {
  test('is resumed after opcode 7, without a second IDENTIFY', async () => {
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    discord.faults.askToReconnect();
    await resumed;
    expect([discord.requests.identifies, discord.requests.resumes]).toEqual([1, 1]);
  });

  test('survives a close', async () => {
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    discord.faults.closeGateway(4000);
    await resumed;
    expect(discord.connected).toBe(1);
  });
});

test('429s are waited out by the library, of the route and of all', async () => {
  const rest = new REST({ api: discord.url, retries: 0 }).setToken(discord.token);
  const send = () => rest.post(Routes.channelMessages(discord.channelId('alerts')), { body: { content: 'x' } });
  discord.faults.next({ path: '/messages' }, { rateLimit: 'route', retryAfterMs: 20 });
  await send();
  discord.faults.next({ path: '/messages' }, { rateLimit: 'global', retryAfterMs: 20 });
  await send();
  expect(discord.messages('alerts')).toHaveLength(2);
  expect(discord.requests.rateLimited).toBe(2);
});
