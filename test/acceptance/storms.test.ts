// Storms, through the whole bot at Discord's real limits: nothing is lost, what is critical comes first, the rest shares one message.
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SandboxMessage } from '../../sandbox/discord/discord.ts';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { newGroup, post } from './posting.ts';
import { wronglyAsked } from './seen.ts';

let homelab: Homelab;

beforeEach(async () => {
  homelab = await startHomelab({
    discord: { windows: { identify: 100 } },
    config: (discord) => `${levelsOf(discord)}
alerts:
  routes:
    - match: { house: parents }
      channel: "${discord.channelId('operations')}"
      mention: ["${discord.roleId('admin')}"]
    - match: {}
      channel: "${discord.channelId('alerts')}"
      mention: ["${discord.roleId('operator')}"]
`,
  });
});

afterEach(async () => {
  const { discord } = homelab;
  const answered = discord.requests.all.map(({ status }) => status);
  const wrong = wronglyAsked(discord);
  await homelab.stop();
  expect(wrong).toEqual([]);
  expect(answered).not.toContain(429);
});

/** Begins later than the bot, as a storm does. */
const startsAt = () => new Date(Date.now() + 3_000).toISOString();

interface StormGroup {
  readonly name: string;
  readonly severity: string;
  /** Its notifications, as Alertmanager tells them. */
  readonly firing: unknown;
  readonly worse: unknown;
  readonly over: unknown;
}

function newGroups(
  count: number,
  severity: (index: number) => string,
  more: Readonly<Record<string, string>> = {},
): readonly StormGroup[] {
  const at = startsAt();
  const endsAt = new Date(Date.parse(at) + 1000).toISOString();
  return Array.from({ length: count }, (_, index) => {
    const group = newGroup();
    const alert = { startsAt: at, labels: { severity: severity(index), ...more } };
    return {
      name: group.name,
      severity: severity(index),
      firing: group.body([alert]),
      worse: group.body([alert, { ...alert, labels: { ...alert.labels, severity: 'critical', pod: 'web-9' } }]),
      over: group.body([{ ...alert, status: 'resolved', endsAt }]),
    };
  });
}

/** All at once; each is answered with this status. */
async function told(bodies: readonly unknown[], status = 202): Promise<void> {
  const answers = await Promise.all(bodies.map((body) => post(homelab, body)));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
}

async function storm(...of: Parameters<typeof newGroups>) {
  const groups = newGroups(...of);
  await told(groups.map(({ firing }) => firing));
  return { groups, end: () => told(groups.map(({ over }) => over)) };
}

const isDigest = ({ content }: SandboxMessage) => content.includes('storm');
const whole = ({ text, files }: SandboxMessage) => `${text}\n${files.map((file) => file.text()).join('\n')}`;
const digestsOf = (channel = 'alerts') => homelab.discord.messages(channel).filter(isDigest);
/** Messages of single groups. */
const singles = (channel = 'alerts') => homelab.discord.messages(channel).filter((message) => !isDigest(message));

type Named = Pick<StormGroup, 'name'>;

const isNamed = ({ name }: Named, text: string) => new RegExp(`\\b${name}\\b`).test(text);
const singleOf = (group: Named, channel?: string) => singles(channel).find(({ text }) => isNamed(group, text));

/** In how many messages of the channel each group stands. */
function places(groups: readonly Named[], channel = 'alerts'): readonly number[] {
  const texts = homelab.discord.messages(channel).map(whole);
  return groups.map((group) => texts.filter((text) => isNamed(group, text)).length);
}

function areVisible(groups: readonly Named[], channel?: string): boolean {
  return places(groups, channel).every((count) => count > 0);
}

/** What soon has a message of its own stands in the digest too, until that is shown anew. */
function eachOnce(groups: readonly Named[], channel?: string): Promise<unknown> {
  const isOnce = () => places(groups, channel).every((count) => count === 1);
  return homelab.discord.waitFor(isOnce, { what: 'every group in one message', timeoutMs: 60_000 });
}

/** There is one digest, and it soon says this. */
async function onlyDigestTells(part: string): Promise<void> {
  await homelab.discord.waitForMessage('alerts', (one) => isDigest(one) && one.content.includes(part));
  expect(digestsOf()).toHaveLength(1);
}

/** The least urgent group is visible: what the bot still had to post about earlier ones has happened or never will. */
async function settle(): Promise<void> {
  const { groups } = await storm(1, () => 'info');
  await homelab.discord.waitFor(() => areVisible(groups), { what: 'a later group', timeoutMs: 30_000 });
}

describe('a storm of hundreds of groups', () => {
  test('is visible at once, what is critical with messages of its own, and ends in a short account', async () => {
    const { discord } = homelab;
    const { groups, end } = await storm(300, (index) => (index % 50 === 49 ? 'critical' : 'warning'));
    const digest = await discord.waitForMessage('alerts', isDigest, { timeoutMs: 20_000 });
    expect(digest.rang).toEqual([discord.roleId('operator')]);
    await discord.waitFor(() => areVisible(groups), { what: 'every group', timeoutMs: 20_000 });
    const critical = groups.filter(({ severity }) => severity === 'critical');
    await discord.waitFor(() => critical.every((group) => singleOf(group)), {
      what: 'messages of what is critical',
      timeoutMs: 25_000,
    });
    expect(discord.messages('alerts').length).toBeLessThan(30);
    const listed = await (await discord.as('vera').command('alerts', { filter: groups[20]?.name ?? '' })).final();
    expect(listed.text).toContain(`/${digest.channelId}/${digest.id}`);

    await end();
    const over = await discord.waitForMessage('alerts', ({ content }) => content.includes('storm over'), {
      timeoutMs: 40_000,
    });
    expect(over.id).toBe(digest.id);
    expect(over.content).toMatch(/✅ storm over: \d+ alert groups, the worst warning/);
    const counted = Number(/(\d+) alert groups/.exec(over.content)?.[1]);
    expect(counted + singles().length).toBe(300);
    await discord.waitFor(() => singles().every(({ content }) => content.includes('resolved')), {
      what: 'the ends',
      timeoutMs: 60_000,
    });
  }, 150_000);

  test('is shown once and whole although the bot is killed in the middle of it', async () => {
    const { discord, bot } = homelab;
    const { groups } = await storm(150, () => 'warning');
    await bot.end('SIGKILL');
    bot.start();
    await discord.waitForMessage('alerts', isDigest, { timeoutMs: 30_000 });
    await bot.end('SIGKILL');
    bot.start();
    await discord.waitFor(() => areVisible(groups), { what: 'every group', timeoutMs: 40_000 });
    const messages = discord.messages('alerts');
    expect(messages.filter(isDigest)).toHaveLength(1);
    for (const { name } of groups) {
      const own = messages.filter((message) => !isDigest(message) && new RegExp(`\\b${name}\\b`).test(message.content));
      expect(own.length).toBeLessThanOrEqual(1);
    }
  }, 120_000);

  test('lets out what gets worse: it has a message of its own, which rings', async () => {
    const { discord } = homelab;
    const { groups } = await storm(60, () => 'info');
    const digest = await discord.waitForMessage('alerts', isDigest, { timeoutMs: 20_000 });
    expect(digest.rang).toEqual([]);
    // Those that came first, and four that waited.
    const settled = () => singles().length >= 5 + 4;
    await discord.waitFor(settled, { what: 'messages of those that do not fold', timeoutMs: 20_000 });
    const folded = groups.findLast((group) => !singleOf(group));
    if (folded === undefined) throw new Error('nothing was folded');
    await told([folded.worse]);
    const single = await discord.waitForMessage('alerts', (one) => !isDigest(one) && one.text.includes(folded.name), {
      timeoutMs: 20_000,
    });
    expect(single.content).toContain('critical firing');
    expect(single.rang).toEqual([discord.roleId('operator')]);
  }, 90_000);
});

describe('a storm that falls on two channels at once', () => {
  test('has a message in each, which names and counts the groups of that channel alone', async () => {
    const { discord } = homelab;
    const severity = (index: number) => (index % 10 === 9 ? 'critical' : 'warning');
    const [here, there] = await Promise.all([storm(50, severity), storm(40, severity, { house: 'parents' })]);
    const halves = [
      { channel: 'alerts', own: here, others: there, role: 'operator' },
      { channel: 'operations', own: there, others: here, role: 'admin' },
    ];
    for (const { channel, own, others, role } of halves) {
      const digest = await discord.waitForMessage(channel, isDigest, { timeoutMs: 20_000 });
      expect(digest.rang).toEqual([discord.roleId(role)]);
      await discord.waitFor(() => areVisible(own.groups, channel), { what: 'every group', timeoutMs: 20_000 });
      const critical = own.groups.filter((group) => group.severity === 'critical');
      await discord.waitFor(() => critical.every((group) => singleOf(group, channel)), {
        what: 'messages of what is critical',
        timeoutMs: 25_000,
      });
      expect(singles(channel).length).toBeLessThan(own.groups.length / 2);
      expect(new Set(places(others.groups, channel))).toEqual(new Set([0]));
    }
    await Promise.all([here.end(), there.end()]);
    for (const { channel, own, others } of halves) {
      const isOver = ({ content }: SandboxMessage) => content.includes('storm over');
      await discord.waitForMessage(channel, isOver, { timeoutMs: 40_000 });
      await eachOnce(own.groups, channel);
      expect(digestsOf(channel).map(({ content }) => content)).toEqual([
        `✅ storm over: ${own.groups.length - singles(channel).length} alert groups, the worst warning`,
      ]);
      expect(new Set(places(others.groups, channel))).toEqual(new Set([0]));
    }
  }, 120_000);
});

describe('a storm that came while Discord was away', () => {
  test('is shown once when it is back, what is critical first, although the answer to the last message was lost', async () => {
    const { discord } = homelab;
    discord.faults.next({ method: 'POST', path: /\/messages$/ }, 'drop after acting');
    // From that very moment on.
    const goAway = () => {
      discord.off('message', goAway);
      discord.faults.next({ path: '/messages', times: 10_000 }, { status: 503 });
    };
    discord.on('message', goAway);
    const last = await storm(1, () => 'warning');
    await discord.waitFor(() => areVisible(last.groups), { what: 'the last message' });
    const { groups } = await storm(60, (index) => (index % 10 === 9 ? 'critical' : 'warning'));
    const tried = () => discord.requests.of({ path: '/messages', status: 503 }).length;
    const before = tried();
    await discord.waitFor(() => tried() > before, { what: 'a try in vain', timeoutMs: 30_000 });
    expect(discord.messages('alerts')).toHaveLength(1);
    discord.forgetNonces();
    await discord.faults.clear();

    const all = [...last.groups, ...groups];
    await discord.waitFor(() => areVisible(all), { what: 'every group', timeoutMs: 45_000 });
    const critical = groups.filter((group) => group.severity === 'critical');
    const isCritical = ({ text }: SandboxMessage) => critical.some((group) => isNamed(group, text));
    // The one whose answer was lost, and four that waited.
    const fewest = 1 + critical.length + 4;
    await discord.waitFor(() => singles().length >= fewest, { what: 'messages of their own', timeoutMs: 30_000 });
    expect(
      singles()
        .slice(1, 1 + critical.length)
        .every(isCritical),
    ).toBe(true);
    const folded = groups.findLast((group) => !singleOf(group));
    if (folded === undefined) throw new Error('nothing was folded');
    await told([folded.over]);
    await settle();
    await eachOnce(all);
    await onlyDigestTells(', 1 resolved');
  }, 150_000);
});

describe('a storm while the database takes no writes', () => {
  test('goes on in messages of their own, and once it takes them again nothing is there twice', async () => {
    const { discord } = homelab;
    const { groups } = await storm(40, () => 'warning');
    await discord.waitForMessage('alerts', isDigest, { timeoutMs: 20_000 });
    // Those that came first, and four that waited.
    await discord.waitFor(() => singles().length >= 5 + 4, { what: 'messages of their own', timeoutMs: 20_000 });
    const [ending, worsening] = groups.filter((group) => !singleOf(group)).slice(-2);
    if (ending === undefined || worsening === undefined) throw new Error('nothing was folded');

    // Another process that holds the write lock does to the bot what a full disk does.
    const lock = new DatabaseSync(`${homelab.folder}/bot.db`, { timeout: 5000 });
    lock.exec('BEGIN IMMEDIATE');
    const during = newGroups(12, (index) => (index % 4 === 0 ? 'critical' : 'warning'));
    // The end of one in the digest has no message of its own, now or later.
    await told([ending.over], 503);
    await told([...during.map(({ firing }) => firing), worsening.worse], 503);
    const shown = () => during.filter((group) => singleOf(group));
    await discord.waitFor(() => shown().length >= 8, { what: 'what is shown from memory', timeoutMs: 40_000 });
    const [brief] = shown();
    if (brief === undefined) throw new Error('nothing is shown from memory');
    await told([brief.over], 503);
    const isOver = () => singleOf(brief)?.content.includes('resolved') === true;
    await discord.waitFor(isOver, { what: 'its end', timeoutMs: 20_000 });
    const folded = digestsOf().map(whole).join('\n');
    expect(during.filter((group) => isNamed(group, folded))).toEqual([]);
    const fromMemory = shown();
    lock.exec('ROLLBACK');
    lock.close();

    await told([...during.map((group) => (group === brief ? group.over : group.firing)), ending.over, worsening.worse]);
    await settle();
    await eachOnce([...groups, ...during]);
    for (const group of fromMemory) expect(singleOf(group)?.rang).toEqual([discord.roleId('operator')]);
    expect(singleOf(worsening)).toMatchObject({ rang: [discord.roleId('operator')] });
    expect(isOver()).toBe(true);
    await onlyDigestTells(', 1 resolved');
  }, 150_000);
});

test('a busy quarter of an hour is no storm: what the channel shows in a few seconds has messages of its own', async () => {
  const { discord } = homelab;
  const { groups } = await storm(12, () => 'warning');
  await discord.waitFor(() => areVisible(groups), { what: 'every group', timeoutMs: 30_000 });
  expect(digestsOf()).toEqual([]);
}, 60_000);
