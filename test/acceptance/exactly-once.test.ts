// Shown exactly once, whatever happens between the bot and Discord: every fault of the way, one by one.
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Discord, SandboxMessage } from '../../sandbox/discord/discord.ts';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { generous, newGroup, post } from './posting.ts';

let homelab: Homelab;
let discord: Discord;

const creating = { method: 'POST', path: /^\/channels\/\d+\/messages$/ };
const editing = { method: 'PATCH', path: /^\/channels\/\d+\/messages\/\d+$/ };

beforeAll(async () => {
  homelab = await startHomelab({ discord: { rateLimits: generous, windows: { identify: 100 } } });
  discord = homelab.discord;
});

afterAll(() => homelab.stop());

afterEach(async () => {
  await discord.faults.clear();
});

function shown(name: string): readonly SandboxMessage[] {
  return discord.messages('alerts').filter((message) => message.text.includes(name));
}

/** A later group is visible, so that what the bot still had to do about the earlier one has happened or never will. */
async function settle(): Promise<void> {
  const next = newGroup();
  await post(homelab, next.body());
  await discord.waitForMessage('alerts', (message) => message.text.includes(next.name), { timeoutMs: 15_000 });
}

describe.each([
  ['the connection is cut before Discord acts', 'drop before acting'],
  ['the connection is cut after Discord acted', 'drop after acting'],
  ['Discord never answers and never acts', 'hang'],
  ['Discord acts and never answers', 'hang after acting'],
  ['Discord answers 500', { status: 500 }],
  [
    'Discord answers 502 with a page',
    { status: 502, body: '<html>bad gateway</html>', headers: { 'content-type': 'text/html' } },
  ],
  ['Discord asks to wait', { rateLimit: 'route', retryAfterMs: 300 }],
  ['Discord asks everyone to wait', { rateLimit: 'global', retryAfterMs: 300 }],
  ['the resource is shared and busy', { rateLimit: 'shared', retryAfterMs: 300 }],
] as const)('when %s', (_what, fault) => {
  test('a new alert is shown once', async () => {
    const group = newGroup();
    discord.faults.next(creating, fault);
    await post(homelab, group.body());
    await discord.waitFor(() => shown(group.name).length > 0, { timeoutMs: 15_000, what: group.name });
    await settle();
    expect(shown(group.name)).toHaveLength(1);
  });

  test('a change is shown in the same message', async () => {
    const group = newGroup();
    await post(homelab, group.body());
    await discord.waitFor(() => shown(group.name).length > 0, { timeoutMs: 15_000 });
    discord.faults.next(editing, fault);
    await post(homelab, group.body([{ status: 'resolved' }]));
    await discord.waitFor(() => shown(group.name)[0]?.content.includes('resolved'), {
      timeoutMs: 15_000,
      what: 'resolved',
    });
    await settle();
    expect(shown(group.name)).toHaveLength(1);
  });
});

test('a nonce that Discord forgot early makes no second message', async () => {
  const group = newGroup();
  discord.faults.next(creating, 'drop after acting');
  discord.faults.next({ method: 'GET', path: '/messages' }, { delayMs: 100 });
  await post(homelab, group.body());
  await discord.waitFor(() => shown(group.name).length > 0);
  discord.forgetNonces();
  await settle();
  expect(shown(group.name)).toHaveLength(1);
});

test.each(['drop before acting', { status: 503 }] as const)(
  'nor when the channel cannot be read at first (%j): it is read again',
  async (fault) => {
    const group = newGroup();
    discord.faults.next(creating, 'drop after acting');
    discord.faults.next({ method: 'GET', path: '/messages', times: 2 }, fault);
    await post(homelab, group.body());
    await discord.waitFor(() => shown(group.name).length > 0);
    discord.forgetNonces();
    await settle();
    expect(shown(group.name)).toHaveLength(1);
  },
);

test('a message that is found but must wait for its edit is not looked for again and again', async () => {
  // What begins just after a start is looked for before its first create, too.
  await settle();
  const group = newGroup();
  discord.faults.next(creating, 'drop after acting');
  discord.faults.next(editing, { rateLimit: 'route', retryAfterMs: 1_500 });
  const looks = discord.requests.of({ method: 'GET', path: '/messages' }).length;
  await post(homelab, group.body());
  await discord.waitFor(() => shown(group.name).length > 0);
  await post(homelab, group.body([{ status: 'resolved' }]));
  await discord.waitFor(() => shown(group.name)[0]?.content.includes('resolved'), { timeoutMs: 15_000 });
  expect(discord.requests.of({ method: 'GET', path: '/messages' })).toHaveLength(looks + 1);
  expect(shown(group.name)).toHaveLength(1);
});

test('a message that shows what was true when its creation was first tried is brought up to date', async () => {
  const group = newGroup();
  discord.faults.next(creating, 'drop after acting');
  discord.faults.next({ method: 'GET', path: '/messages' }, { status: 503 });
  await post(homelab, group.body());
  await discord.waitFor(() => shown(group.name).length > 0);
  await post(homelab, group.body([{ status: 'resolved' }]));
  await discord.waitFor(() => shown(group.name)[0]?.content.includes('resolved'), { timeoutMs: 15_000 });
  expect(shown(group.name)).toHaveLength(1);
});

test('the message was made and somebody deleted it before the bot knew: it is made anew while the alert fires', async () => {
  const group = newGroup();
  discord.faults.next(creating, 'hang after acting');
  await post(homelab, group.body());
  const first = await discord.waitFor(() => shown(group.name)[0]);
  discord.deleteMessage(first);
  const second = await discord.waitFor(() => shown(group.name).find((message) => message.id !== first.id), {
    timeoutMs: 20_000,
  });
  expect(shown(group.name)).toEqual([second]);
});

describe('a kill', () => {
  test.each([
    ['while the creation is on its way', 'hang'],
    ['after Discord made the message and before the bot knew', 'hang after acting'],
  ] as const)('%s', async (_what, fault) => {
    const group = newGroup();
    discord.faults.next(creating, fault);
    const arrived = discord.requests.of(creating).length;
    expect((await post(homelab, group.body())).status).toBe(202);
    await discord.waitFor(() => discord.requests.of(creating).length > arrived);
    await homelab.bot.end('SIGKILL');
    homelab.bot.start();
    await homelab.bot.whenReady();
    await discord.waitFor(() => shown(group.name).length > 0, { timeoutMs: 15_000 });
    await settle();
    expect(shown(group.name)).toHaveLength(1);
  });

  test('right after 202: nothing is lost', async () => {
    const group = newGroup();
    await discord.faults.away();
    expect((await post(homelab, group.body())).status).toBe(202);
    await homelab.bot.end('SIGKILL');
    await discord.faults.back();
    homelab.bot.start();
    await homelab.bot.whenReady();
    await discord.waitFor(() => shown(group.name).length > 0, { timeoutMs: 15_000 });
    await settle();
    expect(shown(group.name)).toHaveLength(1);
  });

  test('with the database gone: the second process finds the message of the first by its marker', async () => {
    const group = newGroup();
    await post(homelab, group.body());
    await discord.waitFor(() => shown(group.name).length > 0);
    await homelab.bot.end('SIGKILL');
    for (const name of ['bot.db', 'bot.db-wal', 'bot.db-shm']) await rm(`${homelab.folder}/${name}`, { force: true });
    homelab.bot.start();
    await homelab.bot.whenReady();
    await post(homelab, group.body([{}, { labels: { pod: 'b' } }]));
    await discord.waitFor(() => shown(group.name)[0]?.text.includes('2 firing'), { timeoutMs: 15_000 });
    expect(shown(group.name)).toHaveLength(1);
  });
});

test('who acknowledged an alert stands on its message, although the bot was killed while it answered the press', async () => {
  const group = newGroup();
  await post(homelab, group.body());
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  discord.faults.next({ method: 'POST', path: /^\/interactions\/\d+\/[^/]+\/callback$/ }, 'hang after acting');
  const pressing = discord.as('otto').press(card, 'Acknowledge');
  await discord.waitFor(() => discord.requests.all.some(({ path }) => path.endsWith('/callback')), {
    what: 'the answer',
  });
  await homelab.bot.end('SIGKILL');
  expect((await pressing).failure).toBeNull();
  homelab.bot.start();
  await homelab.bot.whenReady();
  await discord.waitFor(() => shown(group.name)[0]?.text.includes('otto'), { what: 'who acknowledged it' });
  expect(shown(group.name)).toHaveLength(1);
});
