// The discord room against a Discord that speaks REST and gateway: what is sent, what becomes of it, and how a session lives.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pino, { type Logger } from 'pino';
import { type Discord, startDiscord } from '../../sandbox/discord/discord.ts';
import type { CommandDefinition } from '../../src/discord/commands.ts';
import { type DiscordOptions, type DiscordRoom, openDiscord } from '../../src/discord/discord.ts';
import type {
  Answering,
  CommandInvocation,
  CompletionInvocation,
  PressInvocation,
  Receiver,
} from '../../src/dispatch/invocation.ts';
import type { Message } from '../../src/message.ts';

const message: Message = {
  headline: 'warning firing: NodeDown',
  tone: 'warning',
  title: 'NodeDown',
  text: ['node-1 is away'],
};
const definitions: readonly CommandDefinition[] = [
  {
    name: 'nodes',
    summary: 'The nodes of the cluster',
    options: [
      { name: 'node', description: 'Only this one', type: 'string', required: false, autocomplete: true },
      { name: 'lines', description: 'How many', type: 'integer', required: false, autocomplete: true },
    ],
  },
];
const never = new AbortController().signal;

let discord: Discord;
let rooms: DiscordRoom[] = [];
let lines: { level: number; msg: string; [key: string]: unknown }[] = [];

const log: Logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
const logged = (level: 'warn' | 'error') => lines.filter((line) => line.level === log.levels.values[level]);

function open(options: Partial<DiscordOptions> = {}): DiscordRoom {
  const room = openDiscord({
    token: discord.token,
    apiUrl: discord.url,
    guildId: discord.guildId,
    log,
    redact: (text) => text.replaceAll(discord.token, '[redacted]'),
    timeoutMs: 1_000,
    ...options,
  });
  rooms.push(room);
  return room;
}

/** Answers every command and press by `answer`, every completion with the names of two nodes. */
function receiver(answer: (invocation: CommandInvocation | PressInvocation, answering: Answering) => Promise<void>) {
  const heard: (CommandInvocation | PressInvocation | CompletionInvocation)[] = [];
  const errors: unknown[] = [];
  const made: Receiver = {
    async invoked(invocation, answering) {
      heard.push(invocation);
      await answer(invocation, answering).catch((error: unknown) => errors.push(error));
    },
    async completing(invocation, complete) {
      heard.push(invocation);
      await complete([
        { name: 'node-1', value: '1' },
        { name: 'node-2', value: 'two' },
      ]);
      await complete([]);
    },
  };
  return { made, heard, errors };
}

/** Looks again every few milliseconds until it is so. */
async function until(what: string, look: () => unknown, timeoutMs = 12_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; !look(); ) {
    if (Date.now() > end) throw new Error(`There is not: ${what}\n${discord.describe()}\n${JSON.stringify(lines)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const ready = (room: DiscordRoom) => until('a session', () => room.state() === 'ready' && discord.connected === 1);
const registered = () => until('the commands', () => lines.some(({ did }) => did !== undefined));
const posting = (nonce: string) => ({ nonce, mentionRoles: [], ring: true });
let count = 0;
const create = (room: DiscordRoom, channel = 'alerts', nonce = `n-${count++}`) =>
  room.channels.create(discord.channelId(channel), message, 'incident-1', posting(nonce), never);

beforeEach(async () => {
  discord = await startDiscord();
  lines = [];
});

afterEach(async () => {
  await Promise.all(rooms.map((room) => room.stop()));
  rooms = [];
  await discord.stop();
});

describe('a card', () => {
  test('is posted over REST alone, before any session', async () => {
    const room = open();
    const outcome = await room.channels.create(
      discord.channelId('alerts'),
      { ...message, block: { lines: Array.from({ length: 900 }, (_, n) => `line ${n}`), file: 'log.txt' } },
      'incident-1',
      { nonce: 'n', mentionRoles: [discord.roleId('admin')], ring: false },
      never,
    );
    const [posted] = discord.messages('alerts');
    expect(outcome).toEqual({ kind: 'sent', messageId: posted?.id });
    expect(posted?.content).toBe(`warning firing: NodeDown <@&${discord.roleId('admin')}>`);
    expect(posted?.embeds[0]?.footer?.text).toBe('ref incident-1');
    expect(posted?.files.map(({ filename }) => filename)).toEqual(['log.txt']);
    expect(posted?.files[0]?.text()).toContain('line 899');
  });

  test('is made once by one nonce', async () => {
    const room = open();
    const first = await create(room, 'alerts', 'same');
    expect(await create(room, 'alerts', 'same')).toEqual(first);
    expect(discord.messages('alerts')).toHaveLength(1);
  });

  test('leaves once what it follows from is written down, and never where that is not', async () => {
    const room = open();
    const alerts = discord.channelId('alerts');
    const written = Promise.withResolvers<void>();
    const posted = room.channels.create(
      alerts,
      message,
      'incident-1',
      { ...posting('a'), after: written.promise },
      never,
    );
    const refused = Promise.reject(new Error('disk full'));
    const given = { ...posting('b'), after: refused };
    expect(await room.channels.create(alerts, message, 'incident-2', given, never)).toMatchObject({ kind: 'not sent' });
    expect(discord.messages(alerts)).toEqual([]);
    written.resolve();
    expect(await posted).toMatchObject({ kind: 'sent' });
    expect(discord.messages(alerts)).toHaveLength(1);
  });

  test('is edited in place: files and buttons that are no longer said go away', async () => {
    const room = open();
    const made = await room.channels.create(
      discord.channelId('alerts'),
      {
        ...message,
        buttons: [{ label: 'Acknowledge', style: 'primary', action: 'ack', subject: 'x' }],
        files: [{ name: 'a.txt', data: 'a' }],
      },
      'incident-1',
      posting('e'),
      never,
    );
    const id = made.kind === 'sent' ? made.messageId : '';
    const resolved: Message = { headline: 'resolved: NodeDown', tone: 'good', files: [{ name: 'b.txt', data: 'b' }] };
    expect(await room.channels.edit(discord.channelId('alerts'), id, resolved, 'incident-1', never)).toEqual(made);
    const [now] = discord.messages('alerts');
    expect(now?.content).toBe('resolved: NodeDown');
    expect(now?.buttons).toEqual([]);
    expect(now?.files.map(({ filename }) => filename)).toEqual(['b.txt']);
    await room.channels.edit(discord.channelId('alerts'), id, { ...resolved, files: [] }, 'incident-1', never);
    expect(discord.messages('alerts')[0]?.files).toEqual([]);
  });

  test('replies to the message it belongs to, also when that is gone', async () => {
    const room = open();
    const made = await create(room);
    const replyTo = made.kind === 'sent' ? made.messageId : '';
    const options = { ...posting('r1'), replyTo };
    await room.channels.create(discord.channelId('alerts'), message, 'r', options, never);
    expect(discord.messages('alerts')).toHaveLength(2);
    discord.deleteMessage(replyTo);
    const late = await room.channels.create(
      discord.channelId('alerts'),
      message,
      'r',
      { ...options, nonce: 'r2' },
      never,
    );
    expect(late.kind).toBe('sent');
  });
});

describe('reading back', () => {
  test('finds the own message by its marker, among many and across pages', async () => {
    await discord.stop();
    discord = await startDiscord({
      rateLimits: { createMessage: { limit: 500, perMs: 1000 }, global: { limit: 500, perMs: 1000 } },
    });
    const room = open();
    const since = new Date();
    for (let n = 0; n < 130; n += 1) discord.as('vera').say('alerts', `ref incident-1 ${n}`);
    const made = await create(room);
    for (let n = 0; n < 130; n += 1) discord.as('vera').say('alerts', `later ${n}`);
    const channel = discord.channelId('alerts');
    const found = await room.channels.find(channel, { marker: 'incident-1' }, since, never);
    expect(found).toMatchObject({ kind: 'found', messageId: made.kind === 'sent' ? made.messageId : '' });
    expect(await room.channels.find(channel, { marker: 'incident-10' }, since, never)).toEqual({ kind: 'not there' });
    expect(await room.channels.find(channel, { marker: 'cident-1' }, since, never)).toEqual({ kind: 'not there' });
    const pages = discord.requests.of({ method: 'GET', path: `/channels/${channel}/messages` });
    expect(pages.length).toBeGreaterThan(5);
  });

  test('goes on where one limit does not reach for all pages', async () => {
    await discord.stop();
    discord = await startDiscord({ rateLimits: { other: { limit: 5, perMs: 300 } } });
    const room = open();
    const channel = discord.channelId('alerts');
    const since = new Date();
    for (let n = 0; n < 850; n += 1) discord.as('vera').say('alerts', `message ${n}`);
    expect(await room.channels.find(channel, { marker: 'x' }, since, never)).toEqual({ kind: 'not there' });
    expect(discord.requests.of({ method: 'GET', path: `/channels/${channel}/messages` })).toHaveLength(9);
    expect(discord.requests.rateLimited).toBe(0);
  });

  test('leaves some of the limit to the processes that may follow at once', async () => {
    const channel = discord.channelId('alerts');
    const look = (room: DiscordRoom) => room.channels.find(channel, { marker: 'x' }, new Date(), never);
    const room = open();
    let kind = 'not there';
    for (let n = 0; n < 20 && kind === 'not there'; n += 1) ({ kind } = await look(room));
    expect(kind).toBe('slow down');
    for (const next of [open(), open(), open()]) expect(await look(next)).toEqual({ kind: 'not there' });
    expect(discord.requests.rateLimited).toBe(0);
  });

  test('says what stands in its way', async () => {
    const room = open();
    const channel = discord.channelId('alerts');
    discord.faults.next({ path: '/messages' }, { status: 502 });
    expect(await room.channels.find(channel, { marker: 'x' }, new Date(), never)).toMatchObject({ kind: 'unknown' });
    expect(await room.channels.find('112233445566770000', { marker: 'x' }, new Date(), never)).toMatchObject({
      kind: 'channel refused',
      code: 10003,
    });
    discord.faults.next({ path: '/messages' }, { status: 200, body: { not: 'a list' } });
    expect(await room.channels.find(channel, { marker: 'x' }, new Date(), never)).toMatchObject({ kind: 'unknown' });
  });
});

describe('what becomes of a request', () => {
  const path = '/messages';

  test.each([
    [{ status: 502 }, 'unknown', 0],
    [{ status: 500, body: { message: '500: Internal Server Error', code: 0 } }, 'unknown', 0],
    ['drop before acting', 'unknown', 0],
    ['drop after acting', 'unknown', 1],
    ['hang', 'unknown', 0],
    ['hang after acting', 'unknown', 1],
    [{ status: 403, body: { message: 'Missing Permissions', code: 50013 } }, 'channel refused', 0],
    [{ status: 403, body: { message: 'Missing Access', code: 50001 } }, 'channel refused', 0],
    [{ status: 404, body: { message: 'Unknown Channel', code: 10003 } }, 'channel refused', 0],
    [{ status: 404, body: { message: 'Unknown Message', code: 10008 } }, 'gone', 0],
    [{ status: 400, body: { message: 'Invalid Form Body', code: 50035, errors: {} } }, 'message refused', 0],
    [{ status: 403, body: '<html>blocked</html>', headers: { 'content-type': 'text/html' } }, 'not sent', 0],
    [{ status: 200, body: 'not json', headers: { 'content-type': 'text/plain' } }, 'unknown', 0],
  ] as const)('after %j is %s', async (fault, kind, messages) => {
    const room = open();
    discord.faults.next({ method: 'POST', path }, fault);
    expect(await create(room)).toMatchObject({ kind });
    expect(discord.messages('alerts')).toHaveLength(messages);
    expect(discord.requests.of({ method: 'POST', path })).toHaveLength(1);
  });

  test('is named also where Discord is not there at all', async () => {
    const room = open();
    await discord.faults.away();
    expect(await create(room)).toMatchObject({ kind: 'not sent' });
    await discord.faults.back();
    expect(await create(room)).toMatchObject({ kind: 'sent' });
  });

  test('is that nothing was sent, once the caller has given up', async () => {
    const room = open();
    expect(
      await room.channels.create(discord.channelId('alerts'), message, 'm', posting('x'), AbortSignal.abort()),
    ).toMatchObject({ kind: 'not sent' });
    const giveUp = new AbortController();
    discord.faults.next({ method: 'POST', path }, 'hang');
    const outcome = room.channels.create(discord.channelId('alerts'), message, 'm', posting('y'), giveUp.signal);
    await until('it', () => discord.requests.of({ method: 'POST', path }).length === 1);
    giveUp.abort();
    expect(await outcome).toMatchObject({ kind: 'unknown' });
  });

  test.each(['route', 'global', 'shared', 'cloudflare'] as const)(
    'is to slow down after a 429 (%s), with its time',
    async (rateLimit) => {
      const now = new Date();
      const room = open({ now: () => now });
      discord.faults.next({ method: 'POST', path }, { rateLimit, retryAfterMs: 7_000 });
      const outcome = await create(room);
      if (outcome.kind !== 'slow down') throw new Error(`It is ${outcome.kind}`);
      expect(outcome.at.getTime() - now.getTime()).toBeGreaterThanOrEqual(7_000);
      expect(outcome.at.getTime() - now.getTime()).toBeLessThanOrEqual(40_000);
      expect(discord.requests.of({ method: 'POST', path })).toHaveLength(1);
    },
  );

  test.each([
    ['names no time', {}, ''],
    [
      'names its time in the body alone',
      {},
      '{"message":"You are being rate limited.","retry_after":9.5,"global":false}',
    ],
    ['names nonsense', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, '<html>'],
  ])('is to slow down, and not to ask again at once, after a 429 that %s', async (_what, headers, body) => {
    const now = new Date();
    const room = open({ now: () => now });
    discord.faults.next(
      { method: 'POST', path },
      { status: 429, headers: { 'content-type': 'text/html', ...headers }, body },
    );
    const outcome = await create(room);
    if (outcome.kind !== 'slow down') throw new Error(`It is ${outcome.kind}`);
    expect(outcome.at.getTime() - now.getTime()).toBeGreaterThan(9_000);
    expect(discord.requests.of({ method: 'POST', path })).toHaveLength(1);
  });

  test('is to slow down before Discord has to say so, and no channel holds up another', async () => {
    const room = open();
    for (let n = 0; n < 5; n += 1) expect(await create(room)).toMatchObject({ kind: 'sent' });
    expect(await create(room)).toMatchObject({ kind: 'slow down' });
    expect(await create(room, 'general')).toMatchObject({ kind: 'sent' });
    expect(discord.requests.rateLimited).toBe(0);
  });

  test('is that the token is refused, said once, and Discord is not asked again for a while', async () => {
    let now = Date.now();
    const room = open({ now: () => new Date(now) });
    discord.revokeToken();
    expect(await create(room)).toMatchObject({ kind: 'token refused' });
    expect(await create(room)).toMatchObject({ kind: 'token refused' });
    expect(discord.requests.of({ method: 'POST' })).toHaveLength(1);
    now += 5 * 60_000;
    expect(await create(room)).toMatchObject({ kind: 'token refused' });
    expect(logged('error')).toHaveLength(1);
    discord.restoreToken();
    expect(await create(room)).toMatchObject({ kind: 'token refused' });
    now += 5 * 60_000;
    expect(await create(room)).toMatchObject({ kind: 'sent' });
    expect(await create(room)).toMatchObject({ kind: 'sent' });
    discord.revokeToken();
    await create(room);
    expect(logged('error')).toHaveLength(2);
  });
});

describe('permissions', () => {
  const use = (id: string, ...mention: string[]) => ({ id, mention });

  test('that are missing are named, one line a channel', async () => {
    const room = open();
    discord.deny('alerts', 'EmbedLinks');
    discord.deny('alerts', 'ReadMessageHistory');
    discord.deny('general', 'MentionEveryone');
    discord.deny('operations', 'ViewChannel');
    const reports = await room.checkPermissions([
      use(discord.channelId('alerts')),
      use(discord.channelId('general'), '112233445566778899'),
      use(discord.channelId('alerts-critical'), '112233445566778899'),
      use(discord.channelId('audit')),
      use(discord.channelId('operations')),
      use('112233445566770000'),
    ]);
    expect(reports.map(({ missing }) => missing)).toEqual([
      ['Embed Links', 'Read Message History'],
      ['Mention @everyone, @here, and All Roles'],
      [],
      [],
      ['View Channel'],
      ['View Channel'],
    ]);
    expect(logged('error')).toHaveLength(3);
    expect(logged('warn')).toHaveLength(1);
  });

  test('to mention roles are not missed where anybody may mention these', async () => {
    const room = open();
    discord.deny('general', 'MentionEveryone');
    const roles = [
      { id: discord.guildId, permissions: '0', mentionable: false },
      { id: '112233445566778899', permissions: '0', mentionable: true },
    ];
    discord.faults.next({ path: `/guilds/${discord.guildId}/roles` }, { status: 200, body: roles });
    const [report] = await room.checkPermissions([use(discord.channelId('general'), '112233445566778899')]);
    expect(report?.missing).not.toContain('Mention @everyone, @here, and All Roles');
  });

  test.each([
    ['of another server', { guild_id: '112233445566770001' }, 'is not in the server of the bot'],
    ['that is a forum', { type: 15 }, 'takes no messages: it is a forum'],
    ['that is a category', { type: 4 }, 'takes no messages: it is a category'],
  ])('are of no use in a channel %s', async (_, odd, problem) => {
    const room = open();
    const id = discord.channelId('general');
    const body = { id, name: 'general', type: 0, guild_id: discord.guildId, permission_overwrites: [], ...odd };
    discord.faults.next({ path: `/channels/${id}` }, { status: 200, body });
    expect(await room.checkPermissions([use(id)])).toEqual([{ channelId: id, missing: [], problem }]);
  });

  test('that cannot be checked are no reason to stop', async () => {
    const room = open();
    await discord.faults.away();
    expect(await room.checkPermissions([use(discord.channelId('alerts'))])).toMatchObject([
      { missing: [], problem: expect.any(String) },
    ]);
    await discord.faults.back();
  });
});

describe('commands', () => {
  test('are registered once, and again only when they differ', async () => {
    const { made } = receiver(async () => undefined);
    open().start(made, definitions);
    await registered();
    await until('it', () => lines.some(({ did }) => did === 'registered'));
    open().start(made, definitions);
    await until('it', () => lines.some(({ did }) => did === 'unchanged'));
    expect(discord.requests.of({ method: 'PUT' })).toHaveLength(1);
    const [first] = definitions;
    open().start(made, first === undefined ? [] : [{ ...first, summary: 'Other words' }]);
    await until('it', () => discord.requests.of({ method: 'PUT' }).length === 2);
  });

  test('are registered as soon as Discord is there', async () => {
    const { made } = receiver(async () => undefined);
    await discord.faults.away();
    const room = open();
    room.start(made, definitions);
    expect(room.state()).toBe('connecting');
    await discord.faults.back();
    await registered();
    await ready(room);
  });
});

describe('an interaction', () => {
  test('is handed on with the roles of the moment, and answered at once', async () => {
    const { made, heard } = receiver(async (_invocation, answering) => {
      await answering.show({ headline: 'Two nodes are ready', tone: 'good' });
      await answering.add({ headline: 'And a word more', tone: 'info' });
    });
    const room = open();
    room.start(made, definitions);
    await Promise.all([ready(room), registered()]);
    const result = await discord.as('otto').command('nodes', { node: 'node-1', lines: 5 });
    expect(heard).toEqual([
      {
        kind: 'command',
        id: result.id,
        person: { id: discord.userId('otto'), username: 'otto', roles: [discord.roleId('operator')] },
        guildId: discord.guildId,
        channelId: discord.channelId('operations'),
        command: 'nodes',
        subcommand: null,
        options: { node: 'node-1', lines: 5 },
      },
    ]);
    expect(result.ack).toMatchObject({ kind: 'message', ephemeral: true });
    expect(result.reply?.content).toBe('Two nodes are ready');
    const further = await result.followUp();
    expect(further.content).toBe('And a word more');
    expect(further.ephemeralFor).toBe('otto');
  });

  test('can be answered later, with a file, and again', async () => {
    const { made, errors } = receiver(async (_invocation, answering) => {
      await answering.defer();
      await answering.show({ headline: 'Working', tone: 'info' });
      await answering.show({ headline: 'Done', tone: 'good', files: [{ name: 'all.txt', data: 'everything' }] });
    });
    const room = open();
    room.start(made, definitions);
    await Promise.all([ready(room), registered()]);
    const result = await discord.as('vera').command('nodes');
    expect(result.ack).toMatchObject({ kind: 'deferred', ephemeral: true });
    const final = await result.until((reply) => reply.content === 'Done');
    expect(final.files[0]?.text()).toBe('everything');
    expect(errors).toEqual([]);
  });

  test('of a button changes the message that carries it', async () => {
    const page = (n: number): Message => ({
      headline: `Page ${n}`,
      tone: 'info',
      buttons: [{ label: 'Next', style: 'secondary', action: 'page', subject: `answer-7:${n + 1}` }],
    });
    const { made, heard } = receiver(async (invocation, answering) => {
      if (invocation.kind === 'command') return answering.show(page(1));
      await answering.deferUpdate();
      return answering.show(page(2));
    });
    const room = open();
    room.start(made, definitions);
    await Promise.all([ready(room), registered()]);
    const first = await discord.as('vera').command('nodes');
    const shown = first.reply;
    if (shown === null) throw new Error('There is no answer');
    const pressed = await discord.as('vera').press(shown, 'Next');
    expect(pressed.ack.kind).toBe('deferred update');
    expect((await pressed.final()).content).toBe('Page 2');
    expect(heard[1]).toMatchObject({ kind: 'press', action: 'page', subject: 'answer-7:2', messageId: shown.id });
  });

  test('that completes an option gets its choices, numbers for a number', async () => {
    const { made, heard } = receiver(async () => undefined);
    const room = open();
    room.start(made, definitions);
    await Promise.all([ready(room), registered()]);
    expect(await discord.as('vera').complete('nodes', 'node', 'no', { lines: 3 })).toEqual([
      { name: 'node-1', value: '1' },
      { name: 'node-2', value: 'two' },
    ]);
    expect(heard[0]).toMatchObject({
      kind: 'completion',
      command: 'nodes',
      option: 'node',
      typed: 'no',
      options: { lines: 3 },
    });
    expect(await discord.as('vera').complete('nodes', 'lines', '1')).toEqual([{ name: 'node-1', value: 1 }]);
  });

  test('whose answer got lost on the way is answered again, and once', async () => {
    const { made, errors } = receiver((_invocation, answering) => answering.show({ headline: 'Here', tone: 'good' }));
    const room = open();
    room.start(made, definitions);
    await Promise.all([ready(room), registered()]);
    discord.faults.next({ path: '/callback' }, 'drop before acting');
    expect((await discord.as('vera').command('nodes')).reply?.content).toBe('Here');
    discord.faults.next({ path: '/callback' }, 'drop after acting');
    expect((await discord.as('vera').command('nodes')).reply?.content).toBe('Here');
    discord.faults.next({ path: '/callback' }, { rateLimit: 'route', retryAfterMs: 100 });
    expect((await discord.as('vera').command('nodes')).reply?.content).toBe('Here');
    expect(errors).toEqual([]);
  });

  test('that Discord has given up on is told to the caller, and logged with its age', async () => {
    const { made, errors } = receiver((_invocation, answering) => answering.show({ headline: 'Here', tone: 'good' }));
    const room = open();
    room.start(made, definitions);
    await Promise.all([ready(room), registered()]);
    discord.faults.next({ path: '/callback' }, { status: 404, body: { message: 'Unknown interaction', code: 10062 } });
    await Promise.all([discord.as('vera').command('nodes'), until('it', () => errors.length === 1)]);
    expect(errors).toMatchObject([{ name: 'AnswerRefused' }]);
    expect(logged('warn')).toMatchObject([{ lagMs: expect.any(Number) }]);
    expect(JSON.stringify(lines)).not.toMatch(/callback|webhooks/);
  });
});

describe('a session', () => {
  test('is resumed after Discord asks to reconnect, and what was missed comes', async () => {
    const { made, heard } = receiver((_invocation, answering) => answering.show({ headline: 'Here', tone: 'good' }));
    const room = open();
    const states: string[] = [];
    room.onState((state) => states.push(state));
    room.start(made, definitions);
    await Promise.all([ready(room), registered()]);
    discord.faults.askToReconnect();
    await until('it', () => discord.requests.resumes === 1 && discord.connected === 1);
    expect((await discord.as('vera').command('nodes')).reply?.content).toBe('Here');
    expect(heard).toHaveLength(1);
    expect(discord.requests.identifies).toBe(1);
    expect(states).toEqual(['ready', 'connecting', 'ready']);
  });

  test('is made anew when it cannot be resumed, without spending sign-ins', async () => {
    const { made } = receiver(async () => undefined);
    const room = open();
    room.start(made, definitions);
    await ready(room);
    discord.faults.invalidateSession(false);
    await until('it', () => room.state() === 'connecting');
    await ready(room);
    expect(discord.requests.identifies).toBe(2);
  });

  test('comes back after Discord was away', async () => {
    const { made } = receiver(async () => undefined);
    const room = open();
    room.start(made, definitions);
    await ready(room);
    const before = room.lastReadyAt();
    await discord.faults.away();
    await until('it', () => room.state() === 'connecting');
    await discord.faults.back();
    await ready(room);
    expect(room.lastReadyAt()?.getTime()).toBeGreaterThan(before?.getTime() ?? 0);
    expect(logged('error')).toEqual([]);
  });

  test('whose token is refused is told once, tried again, and made when the token is good', async () => {
    const { made } = receiver(async () => undefined);
    discord.revokeToken();
    const room = open({ refusedTokenRetryMs: 100 });
    room.start(made, definitions);
    await until('it', () => discord.requests.of({ path: '/gateway/bot', status: 401 }).length >= 3);
    expect(room.state()).toBe('connecting');
    expect(logged('error')).toHaveLength(1);
    discord.restoreToken();
    await ready(room);
    discord.revokeToken();
    await until('it', () => room.state() === 'connecting' && logged('error').length === 2);
    discord.restoreToken();
    await ready(room);
    expect(logged('error')).toHaveLength(2);
  });

  test('leaves nothing open when it is stopped while it connects', async () => {
    const { made } = receiver(async () => undefined);
    const room = open();
    room.start(made, definitions);
    await room.stop();
    expect(room.state()).toBe('connecting');
    expect(discord.connected).toBe(0);
    const other = open();
    other.start(made, definitions);
    await ready(other);
    discord.faults.closeGateway(4000);
    await other.stop();
    expect(discord.connected).toBe(0);
  });
});
