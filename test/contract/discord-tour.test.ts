// A tour of every route of the sandbox's Discord: each request and each answer held against Discord's own description.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Discord, startDiscord } from '../../sandbox/discord/discord.ts';
import { routes } from '../../sandbox/discord/routes/routes.ts';
import { supportedRoutes } from '../../sandbox/discord/supported.ts';
import { call } from './discord-calls.ts';
import { type Bot, connect } from './discord-gateway-client.ts';
import { checkAnswer, checkRequest, describedRoutes } from './spec.ts';

const registered = routes.map((route) => `${route.method} ${route.path}`);

const everything = {
  content: 'rings <@&112233445566778803> and <@112233445566778822>',
  embeds: [
    {
      title: 'NodeDown',
      url: 'https://example.org/runbook',
      description: 'desktop-1 is away',
      color: 0xe74c3c,
      timestamp: '2026-11-03T12:00:00.000Z',
      fields: [{ name: 'node', value: 'desktop-1', inline: true }],
      footer: { text: 'ref 1' },
      author: { name: 'Prometheus', url: 'https://example.org' },
      image: { url: 'attachment://graph.png' },
    },
  ],
  components: [
    {
      type: 1,
      components: [
        { type: 2, style: 1, label: 'Acknowledge', custom_id: 'ack' },
        { type: 2, style: 5, label: 'Runbook', url: 'https://example.org/runbook' },
      ],
    },
    {
      type: 1,
      components: [{ type: 3, custom_id: 'silence', placeholder: 'Silence', options: [{ label: '1 h', value: '1h' }] }],
    },
  ],
  attachments: [{ id: '0', filename: 'graph.png', description: 'The graph' }],
  allowed_mentions: { parse: [], roles: ['112233445566778803'] },
  nonce: 'tour-1',
  enforce_nonce: true,
};

const nodes = {
  name: 'nodes',
  type: 1,
  description: 'The nodes of the cluster',
  options: [
    { type: 3, name: 'node', description: 'Only this one', autocomplete: true },
    { type: 4, name: 'lines', description: 'How many', min_value: 1, max_value: 100 },
  ],
};

let discord: Discord;
let bot: Bot;

beforeAll(async () => {
  discord = await startDiscord({ rateLimits: 'off' });
  bot = await connect(discord);
  await tour();
});

afterAll(async () => {
  bot.close();
  await discord.stop();
});

/** Every route once or more, so that the log holds all of them. */
async function tour(): Promise<void> {
  const to = (method: string, path: string, body?: unknown) =>
    call(discord, method, path, body === undefined ? {} : { body });
  const channel = `/channels/${discord.channelId('alerts')}`;
  const guild = `/guilds/${discord.guildId}`;

  const reads = [
    '/gateway',
    '/gateway/bot',
    '/users/@me',
    `/users/${discord.userId('vera')}`,
    '/applications/@me',
    '/oauth2/applications/@me',
  ];
  const ofGuild = ['', '?with_counts=true', '/channels', '/roles', `/members/${discord.userId('otto')}`].map(
    (path) => guild + path,
  );
  for (const path of [...reads, ...ofGuild, channel]) await to('GET', path);

  for (const base of [
    `/applications/${discord.applicationId}${guild}/commands`,
    `/applications/${discord.applicationId}/commands`,
  ]) {
    await to('PUT', base, [nodes]);
    const { body } = await to('POST', base, { ...nodes, name: 'extra' });
    await to('PATCH', `${base}/${body.id}`, { description: 'Another' });
    for (const path of ['', '?with_localizations=true', `/${body.id}`]) await to('GET', base + path);
    await to('DELETE', `${base}/${body.id}`);
  }
  await to('PUT', `/applications/${discord.applicationId}/commands`, []);

  const png = Buffer.concat([
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    Buffer.from('0000000a00000005', 'hex'),
  ]);
  const sent = await call(discord, 'POST', `${channel}/messages`, {
    body: everything,
    files: [{ name: 'graph.png', data: png, type: 'image/png' }],
  });
  const message = `${channel}/messages/${sent.body.id}`;
  await to('POST', `${channel}/messages`, { content: 'a reply', message_reference: { message_id: sent.body.id } });
  await to('PATCH', message, {
    content: 'resolved',
    embeds: [{ description: 'back' }],
    components: [],
    attachments: [],
  });
  const emoji = `${message}/reactions/${encodeURIComponent('👀')}`;
  await to('PUT', `${emoji}/@me`);
  for (const path of [message, emoji, `${channel}/messages?limit=10`, `${channel}/messages?after=${sent.body.id}`])
    await to('GET', path);
  for (const pins of [`${channel}/messages/pins`, `${channel}/pins`]) {
    await to('PUT', `${pins}/${sent.body.id}`);
    await to('GET', pins);
    await to('DELETE', `${pins}/${sent.body.id}`);
  }
  await to('POST', `${channel}/typing`);

  await to('POST', `${message}/threads`, { name: 'NodeDown', auto_archive_duration: 60 });
  await to('GET', message);
  discord.allow('alerts', 'ManageChannels');
  const { body: thread } = await to('POST', `${channel}/threads`, { name: 'Loose', type: 11 });
  await to('PUT', `/channels/${thread.id}/thread-members/@me`);
  await to('GET', `/channels/${thread.id}`);
  await to('PATCH', `/channels/${thread.id}`, { archived: true });
  await to('DELETE', `/channels/${thread.id}/thread-members/@me`);
  await to('DELETE', `/channels/${thread.id}`);
  await to('PATCH', channel, { topic: 'Another topic' });
  await to('POST', '/users/@me/channels', { recipient_id: discord.userId('vera') });
  await to('DELETE', `${emoji}/@me`);
  await to('DELETE', message);

  await tourOfInteractions(to);
  await tourOfRefusals(to);
}

type To = (method: string, path: string, body?: unknown) => ReturnType<typeof call>;

async function tourOfInteractions(to: To): Promise<void> {
  const answers: ((interaction: { id: string; token: string }) => Promise<unknown>)[] = [
    async ({ id, token }) => {
      await to('POST', `/interactions/${id}/${token}/callback?with_response=true`, { type: 5, data: { flags: 64 } });
      const webhook = `/webhooks/${discord.applicationId}/${token}`;
      await to('PATCH', `${webhook}/messages/${encodeURIComponent('@original')}`, {
        content: 'three nodes',
        components: everything.components,
      });
      await to('GET', `${webhook}/messages/@original`);
      const { body } = await to('POST', webhook, { content: 'and more', flags: 64 });
      await to('PATCH', `${webhook}/messages/${body.id}`, { content: 'and even more' });
      await to('DELETE', `${webhook}/messages/${body.id}`);
    },
    ({ id, token }) =>
      to('POST', `/interactions/${id}/${token}/callback`, {
        type: 8,
        data: { choices: [{ name: 'desktop-1', value: 'desktop-1' }] },
      }),
    ({ id, token }) =>
      to('POST', `/interactions/${id}/${token}/callback?with_response=true`, {
        type: 9,
        data: {
          title: 'Why?',
          custom_id: 'why',
          components: [
            { type: 18, label: 'Reason', component: { type: 4, custom_id: 'reason', style: 1, max_length: 100 } },
          ],
        },
      }),
    ({ id, token }) =>
      to('POST', `/interactions/${id}/${token}/callback?with_response=true`, { type: 4, data: { content: 'noted' } }),
    ({ id, token }) =>
      to('POST', `/interactions/${id}/${token}/callback?with_response=true`, {
        type: 7,
        data: { content: 'page 2', components: [] },
      }),
  ];
  const done: Promise<unknown>[] = [];
  bot.on('INTERACTION_CREATE', (data) => {
    const next = answers.shift();
    if (next) done.push(next(data));
  });
  const vera = discord.as('vera');
  const result = await vera.command('nodes', { lines: 3 });
  const reply = await result.final();
  await result.until(() => discord.requests.of({ method: 'DELETE', path: '/webhooks' }).length === 1);
  await vera.complete('nodes', 'node', 'desk');
  const pressed = await vera.press(reply, 'Acknowledge');
  await vera.submit(pressed, { Reason: 'because' });
  await vera.select(reply, 'Silence', ['1 h']);
  await Promise.all(done);
}

async function tourOfRefusals(to: To): Promise<void> {
  const channel = `/channels/${discord.channelId('alerts')}`;
  await to('POST', `${channel}/messages`, { content: 'x'.repeat(2001), embeds: [{}] });
  await to('GET', `${channel}/messages/1`);
  await to('GET', '/channels/abc');
  discord.faults.next({ path: '/users/@me' }, { rateLimit: 'global', retryAfterMs: 1_500 });
  await to('GET', '/users/@me');
}

describe('the tour', () => {
  test('comes by every registered route', () => {
    const visited = new Set(discord.requests.all.map((entry) => `${entry.method} ${entry.route}`));
    expect(registered.filter((route) => !visited.has(route))).toEqual([]);
  });

  test('gets an answer of the intended kind everywhere but in the refusals', () => {
    const refused = discord.requests.all.filter((entry) => (entry.status ?? 500) >= 400);
    expect(refused.map((entry) => entry.status)).toEqual([400, 404, 400, 429]);
  });

  test('asks only what Discord describes', () => {
    const wellMeant = discord.requests.all.filter((entry) => (entry.status ?? 500) < 400);
    expect(wellMeant.flatMap(checkRequest)).toEqual([]);
  });

  test('is answered only what Discord describes', () => {
    expect(discord.requests.all.flatMap(checkAnswer)).toEqual([]);
  });
});

describe('the tables', () => {
  const sorted = (list: readonly string[]) => [...list].sort();

  test('what is said to be supported is what is registered', () => {
    expect(sorted(supportedRoutes.map((route) => `${route.method} ${route.path}`))).toEqual(sorted(registered));
  });

  test("Discord's description has been looked up for every route", () => {
    expect(sorted(describedRoutes)).toEqual(sorted(registered));
  });
});
