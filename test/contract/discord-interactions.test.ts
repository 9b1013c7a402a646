// Interactions in the sandbox's Discord: what a person does reaches the bot, and what the bot answers reaches the person, by Discord's rules.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Discord, type DiscordOptions, startDiscord } from '../../sandbox/discord/discord.ts';
import { call, formErrors, type Json, post, type Reply } from './discord-calls.ts';
import { type Bot, connect } from './discord-gateway-client.ts';

interface Received {
  readonly id: string;
  readonly token: string;
  readonly [key: string]: Json;
}

const definition = {
  name: 'nodes',
  description: 'The nodes of the cluster',
  options: [
    { type: 3, name: 'node', description: 'Only this one', autocomplete: true },
    { type: 4, name: 'lines', description: 'How many', min_value: 1 },
    { type: 6, name: 'person', description: 'Whose' },
    { type: 8, name: 'role', description: 'Which' },
  ],
};
const button = (label: string, extra = {}) => ({ type: 2, style: 2, label, custom_id: label.toLowerCase(), ...extra });
const row = (...components: unknown[]) => [{ type: 1, components }];

let discord: Discord;
let bot: Bot;
let clock: number;
let received: Received[];
let react: (interaction: Received) => unknown;

async function start(options: DiscordOptions = {}): Promise<void> {
  clock = Date.UTC(2026, 10, 3, 12);
  received = [];
  react = () => undefined;
  discord = await startDiscord({ now: () => clock, rateLimits: 'off', ...options });
  bot = await connect(discord);
  bot.on('INTERACTION_CREATE', (interaction) => {
    received.push(interaction);
    react(interaction);
  });
  await call(discord, 'PUT', `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`, {
    body: [definition, { name: 'admins', description: 'x', default_member_permissions: '0' }],
  });
}

beforeEach(() => start());
afterEach(async () => {
  bot.close();
  await discord.stop();
});

function respond({ id, token }: Received, body: unknown, query = ''): Promise<Reply> {
  return call(discord, 'POST', `/interactions/${id}/${token}/callback${query}`, { body, authorization: null });
}

function webhook({ token }: Received, method: string, rest = '', body?: unknown): Promise<Reply> {
  return call(discord, method, `/webhooks/${discord.applicationId}/${token}${rest}`, {
    authorization: null,
    ...(body ? { body } : {}),
  });
}

/** Answers the next interactions, each by one of these, and keeps the replies. */
function answering(...bodies: unknown[]): Promise<Reply>[] {
  const replies: Promise<Reply>[] = [];
  react = (interaction) => {
    const body = bodies.shift();
    if (body) replies.push(respond(interaction, body));
  };
  return replies;
}

const vera = () => discord.as('vera');
const first = () => {
  const [interaction] = received;
  if (!interaction) throw new Error('The bot has received nothing');
  return interaction;
};

describe('a command', () => {
  test('arrives with everything that a bot decides by', async () => {
    answering({ type: 4, data: { content: 'three nodes' } });
    await vera().command(
      'nodes',
      { node: 'desktop-1', lines: 3, person: 'otto', role: 'admin' },
      { channel: 'alerts' },
    );
    expect(first()).toMatchObject({
      type: 2,
      application_id: discord.applicationId,
      guild_id: discord.guildId,
      channel_id: discord.channelId('alerts'),
      channel: { id: discord.channelId('alerts'), type: 0, name: 'alerts' },
      member: { user: { username: 'vera' }, roles: [discord.roleId('viewer')] },
      data: {
        name: 'nodes',
        type: 1,
        options: [
          { name: 'node', type: 3, value: 'desktop-1' },
          { name: 'lines', type: 4, value: 3 },
          { name: 'person', type: 6, value: discord.userId('otto') },
          { name: 'role', type: 8, value: discord.roleId('admin') },
        ],
        resolved: {
          users: { [discord.userId('otto')]: { username: 'otto' } },
          roles: { [discord.roleId('admin')]: { name: 'admin' } },
        },
      },
      locale: 'en-US',
      context: 0,
      entitlements: [],
      attachment_size_limit: 10_485_760,
      authorizing_integration_owners: { '0': discord.guildId },
    });
    expect(BigInt(first()['app_permissions'])).toBeGreaterThan(0n);
    expect(BigInt(first()['member'].permissions)).toBeGreaterThan(0n);
  });

  test('is not sent where Discord would not let it be typed', async () => {
    await expect(vera().command('pods')).rejects.toThrow('no command "/pods"; there are: /nodes');
    await expect(vera().command('nodes', { colour: 'red' })).rejects.toThrow('no option "colour"');
    await expect(vera().command('nodes', { lines: 0 })).rejects.toThrow('not between 1');
    await expect(vera().command('nodes', { lines: 'many' })).rejects.toThrow('not a number');
    await expect(vera().command('admins')).rejects.toThrow('no command');
    await expect(discord.as('nils').command('nodes', {}, { channel: 'audit' })).rejects.toThrow('sees no channel');
    expect(discord.as('ada').commands()).toEqual(['nodes', 'admins']);
    expect(received).toEqual([]);
  });

  test('can be answered for three seconds', async () => {
    const result = vera().command('nodes');
    await discord.waitFor(() => received.length === 1);
    clock += 3_001;
    expect(await respond(first(), { type: 5 })).toMatchObject({
      status: 404,
      body: { code: 10062, message: 'Unknown interaction' },
    });
    expect((await result).failure).toBe('The application did not respond');
    expect((await webhook(first(), 'POST', '', { content: 'late' })).status).toBe(404);
  });

  test('that nobody answers fails by itself', async () => {
    bot.close();
    await discord.stop();
    await start({ windows: { firstResponse: 50 } });
    expect(await vera().command('nodes')).toMatchObject({
      ack: { kind: 'none' },
      failure: 'The application did not respond',
      reply: null,
    });
  });

  test('is answered once', async () => {
    const replies = answering({ type: 5 });
    await vera().command('nodes');
    expect((await replies[0])?.status).toBe(204);
    expect(await respond(first(), { type: 5 })).toMatchObject({ status: 400, body: { code: 40060 } });
  });

  test('cannot be answered by types that belong elsewhere, or with a wrong token', async () => {
    const result = vera().command('nodes');
    await discord.waitFor(() => received.length === 1);
    for (const type of [1, 6, 7, 8, 12])
      expect(formErrors(await respond(first(), { type }))).toEqual(['type: BASE_TYPE_CHOICES']);
    expect((await respond({ ...first(), token: 'wrong' }, { type: 5 })).body.code).toBe(10062);
    await respond(first(), { type: 5 });
    expect((await result).ack.kind).toBe('deferred');
  });

  test('whose answer is wrong has not been answered', async () => {
    const result = vera().command('nodes');
    await discord.waitFor(() => received.length === 1);
    expect(formErrors(await respond(first(), { type: 4, data: { content: 'x'.repeat(2001) } }))).toEqual([
      'data.content: BASE_TYPE_MAX_LENGTH',
    ]);
    expect((await respond(first(), { type: 4, data: {} })).body.code).toBe(50006);
    await respond(first(), { type: 4, data: { content: 'right' } });
    expect((await result).reply?.content).toBe('right');
  });

  test('answers with the message when asked to', async () => {
    let reply: Promise<Reply> | undefined;
    react = (interaction) => {
      reply = respond(interaction, { type: 4, data: { content: 'here' } }, '?with_response=true');
    };
    await vera().command('nodes');
    expect(await reply).toMatchObject({
      status: 200,
      body: { interaction: { type: 2 }, resource: { type: 4, message: { content: 'here', type: 20 } } },
    });
  });
});

describe('a deferred answer', () => {
  test('thinks until it is edited, and is seen by the asker alone', async () => {
    answering({ type: 5, data: { flags: 64 } });
    const result = await vera().command('nodes');
    expect(result).toMatchObject({
      ack: { kind: 'deferred', ephemeral: true },
      reply: { loading: true, ephemeralFor: 'vera' },
    });
    const final = result.final();
    expect((await webhook(first(), 'PATCH', '/messages/%40original', { content: 'three nodes' })).status).toBe(200);
    expect(await final).toMatchObject({ content: 'three nodes', loading: false, editedAt: null, flags: 64 });
    expect(vera().sees('operations')).toHaveLength(1);
    expect(discord.as('otto').sees('operations')).toEqual([]);
    expect(discord.messages('operations')).toEqual([]);
  });

  test('is filled by a first follow-up, whose flags count for nothing', async () => {
    answering({ type: 5, data: { flags: 64 } });
    const result = await vera().command('nodes');
    await webhook(first(), 'POST', '', { content: 'three nodes' });
    await webhook(first(), 'POST', '', { content: 'for all to see' });
    expect(await result.final()).toMatchObject({ content: 'three nodes', ephemeralFor: 'vera' });
    expect((await result.followUp()).ephemeralFor).toBeNull();
    expect(discord.messages('operations')).toMatchObject([{ content: 'for all to see' }]);
  });

  test('takes no other flags than EPHEMERAL', async () => {
    const result = vera().command('nodes');
    await discord.waitFor(() => received.length === 1);
    expect((await respond(first(), { type: 5, data: { flags: 1 << 15 } })).status).toBe(400);
    await respond(first(), { type: 5 });
    await result;
  });

  test('can be edited, read and deleted for fifteen minutes, by its token alone', async () => {
    answering({ type: 5, data: { flags: 64 } });
    const result = await vera().command('nodes');
    const { body } = await webhook(first(), 'PATCH', '/messages/@original', { content: 'x' });
    expect(
      (await call(discord, 'PATCH', `/channels/${body.channel_id}/messages/${body.id}`, { body: { content: 'y' } }))
        .body.code,
    ).toBe(10008);
    clock += 15 * 60_000;
    expect((await webhook(first(), 'GET', `/messages/${body.id}`)).body.content).toBe('x');
    clock += 1;
    expect(await webhook(first(), 'PATCH', '/messages/@original', { content: 'z' })).toMatchObject({
      status: 401,
      body: { code: 50027 },
    });
    clock -= 2;
    expect((await webhook(first(), 'DELETE', '/messages/@original')).status).toBe(204);
    expect(result.reply).toBeNull();
    expect((await webhook(first(), 'PATCH', '/messages/@original', { content: 'z' })).body.code).toBe(10008);
  });

  test("reaches no other interaction's messages", async () => {
    const { body } = await post(discord, 'operations', { content: 'a card' });
    answering({ type: 5 });
    await vera().command('nodes');
    expect((await webhook(first(), 'PATCH', `/messages/${body.id}`, { content: 'x' })).body.code).toBe(10008);
    expect((await call(discord, 'POST', `/webhooks/11/${first().token}`, { body: { content: 'x' } })).body.code).toBe(
      10015,
    );
  });
});

describe('a component', () => {
  const card = () =>
    post(discord, 'alerts', {
      content: 'NodeDown',
      components: row(button('Acknowledge'), button('Old', { disabled: true }), {
        type: 2,
        style: 5,
        label: 'Runbook',
        url: 'https://example.org',
      }),
    });

  test('is pressed on the message as it is, and updates it', async () => {
    const { body } = await card();
    answering({ type: 7, data: { content: 'NodeDown, acknowledged', components: [] } });
    const result = await vera().press(body.id, 'Acknowledge');
    expect(first()).toMatchObject({
      type: 3,
      data: { component_type: 2, custom_id: 'acknowledge' },
      message: { id: body.id, content: 'NodeDown' },
    });
    expect(result).toMatchObject({
      ack: { kind: 'update' },
      reply: { content: 'NodeDown, acknowledged', buttons: [] },
    });
  });

  test('deferred, the message stays until its edit', async () => {
    const { body } = await card();
    answering({ type: 6 });
    const result = await vera().press(body.id, 'Acknowledge');
    expect([result.ack.kind, result.reply?.content]).toEqual(['deferred update', 'NodeDown']);
    const final = result.final();
    await webhook(first(), 'PATCH', '/messages/@original', { content: 'changed' });
    expect((await final).content).toBe('changed');
  });

  test('cannot be pressed when it is not there, disabled, a link, or on a message for somebody else', async () => {
    const { body } = await card();
    await expect(vera().press(body.id, 'Silence')).rejects.toThrow('there are: Acknowledge, Old, Runbook');
    await expect(vera().press(body.id, 'Old')).rejects.toThrow('disabled');
    await expect(vera().press(body.id, 'Runbook')).rejects.toThrow('is a link');
    answering({ type: 4, data: { content: 'x', flags: 64, components: row(button('Next')) } });
    const { reply } = await vera().command('nodes');
    await expect(discord.as('otto').press(reply?.id ?? '', 'Next')).rejects.toThrow('for somebody else');
    answering({ type: 6 });
    expect((await vera().press(reply?.id ?? '', 'Next')).ack.ephemeral).toBe(true);
  });

  test('of a select answers what was chosen, by label or name', async () => {
    const selects = [
      ...row({ type: 3, custom_id: 'for', placeholder: 'For how long', options: [{ label: 'One hour', value: '1h' }] }),
      ...row({ type: 5, custom_id: 'who', placeholder: 'Who' }),
    ];
    const { body } = await post(discord, 'alerts', { content: 'x', components: selects });
    answering({ type: 6 }, { type: 6 });
    await vera().select(body.id, 'For how long', ['One hour']);
    await vera().select(body.id, 'Who', ['otto']);
    expect(received.map((one) => one['data'].values)).toEqual([['1h'], [discord.userId('otto')]]);
  });
});

describe('autocomplete', () => {
  const choices = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `node ${index}`, value: `n${index}` }));

  test('offers what the bot answers to what was typed', async () => {
    answering({ type: 8, data: { choices: choices(25) } });
    expect(await vera().complete('nodes', 'node', 'desk', { lines: 2 })).toHaveLength(25);
    expect(first()['data'].options).toEqual([
      { name: 'node', type: 3, value: 'desk', focused: true },
      { name: 'lines', type: 4, value: 2 },
    ]);
  });

  test('takes 25 choices of 100 characters', async () => {
    const offered = vera().complete('nodes', 'node', '');
    await discord.waitFor(() => received.length === 1);
    expect(formErrors(await respond(first(), { type: 8, data: { choices: choices(26) } }))).toEqual([
      'data.choices: BASE_TYPE_MAX_LENGTH',
    ]);
    const long = [{ name: 'x'.repeat(101), value: 1 }];
    expect(formErrors(await respond(first(), { type: 8, data: { choices: long } }))).toEqual([
      'data.choices.0.name: BASE_TYPE_BAD_LENGTH',
      'data.choices.0.value: STRING_TYPE_CONVERT',
    ]);
    expect((await respond(first(), { type: 5 })).status).toBe(400);
    await respond(first(), { type: 8, data: { choices: [] } });
    expect(await offered).toEqual([]);
  });
});

describe('a modal', () => {
  const modal = (input = {}) => ({
    type: 9,
    data: {
      title: 'Why?',
      custom_id: 'why:1',
      components: [{ type: 18, label: 'Reason', component: { type: 4, custom_id: 'reason', style: 2, ...input } }],
    },
  });

  test('is opened, filled by label and submitted', async () => {
    answering(modal(), { type: 4, data: { content: 'noted', flags: 64 } });
    const opened = await vera().command('nodes');
    expect(opened).toMatchObject({ ack: { kind: 'modal' }, modal: { title: 'Why?' } });
    const result = await vera().submit(opened, { Reason: 'maintenance' });
    expect(received[1]).toMatchObject({
      type: 5,
      data: {
        custom_id: 'why:1',
        components: [{ type: 18, component: { custom_id: 'reason', value: 'maintenance' } }],
      },
    });
    expect(result.reply?.content).toBe('noted');
  });

  test('is not submitted without what it needs, or with what it has not', async () => {
    answering(modal());
    const opened = await vera().command('nodes');
    await expect(vera().submit(opened, {})).rejects.toThrow('needs "Reason"');
    await expect(vera().submit(opened, { Reason: 'x', Colour: 'red' })).rejects.toThrow('has no Colour');
  });

  test('has limits of its own, and does not follow a modal', async () => {
    const opening = vera().command('nodes');
    await discord.waitFor(() => received.length === 1);
    const wrong = { type: 9, data: { title: 'x'.repeat(46), custom_id: '', components: [] } };
    expect(formErrors(await respond(first(), wrong))).toEqual([
      'data.title: BASE_TYPE_BAD_LENGTH',
      'data.custom_id: BASE_TYPE_REQUIRED',
      'data.components: BASE_TYPE_BAD_LENGTH',
    ]);
    expect(formErrors(await respond(first(), modal({ disabled: true })))).toEqual([
      'data.components.0.component.disabled: COMPONENT_DISABLED_IN_MODAL',
    ]);
    await respond(first(), modal());
    const submitting = vera().submit(await opening, { reason: 'x' });
    await discord.waitFor(() => received.length === 2);
    const second = received[1] ?? first();
    expect(formErrors(await respond(second, modal()))).toEqual(['type: BASE_TYPE_CHOICES']);
    await respond(second, { type: 4, data: { content: 'x' } });
    await submitting;
  });
});

test('what people do is told to whoever listens', async () => {
  const acts: string[] = [];
  const shown: string[] = [];
  discord.on('act', (act) => acts.push(`${act.person} in #${act.channel}: ${act.what} (${act.state})`));
  discord.on('message', ({ change, message }) =>
    shown.push(`${change} for ${message.ephemeralFor}: ${message.content}`),
  );
  answering({ type: 4, data: { content: 'three nodes', flags: 64 } });
  await vera().command('nodes', { node: 'desktop-1' });
  expect(acts).toEqual([
    'vera in #operations: /nodes node:desktop-1 (created)',
    'vera in #operations: /nodes node:desktop-1 (acknowledged)',
  ]);
  expect(shown).toEqual(['created for vera: three nodes']);
});
