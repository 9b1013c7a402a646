// Storms, through the whole bot at Discord's real limits: nothing is lost, what is critical comes first, the rest shares one message.
import { describe, expect, test } from '@jest/globals';
import type { SandboxMessage } from '../../sandbox/discord/discord.ts';
import {
  areVisible,
  digestsOf,
  eachOnce,
  homelab,
  isDigest,
  isNamed,
  onlyDigestTells,
  places,
  settle,
  singleOf,
  singles,
  storm,
  told,
} from './storming.ts';

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

test('a busy quarter of an hour is no storm: what the channel shows in a few seconds has messages of its own', async () => {
  const { discord } = homelab;
  const { groups } = await storm(12, () => 'warning');
  await discord.waitFor(() => areVisible(groups), { what: 'every group', timeoutMs: 30_000 });
  expect(digestsOf()).toEqual([]);
}, 60_000);
