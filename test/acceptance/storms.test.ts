// Storms, through the whole bot at Discord's real limits: nothing is lost, what is critical comes first, the rest shares one message.
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

async function storm(count: number, severity: (index: number) => string) {
  const groups = Array.from({ length: count }, (_, index) => ({ ...newGroup(), severity: severity(index) }));
  const at = startsAt();
  const answers = await Promise.all(
    groups.map((group) => post(homelab, group.body([{ startsAt: at, labels: { severity: group.severity } }]))),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  return {
    groups,
    end: () =>
      Promise.all(
        groups.map((group) =>
          post(
            homelab,
            group.body([
              {
                status: 'resolved',
                startsAt: at,
                endsAt: new Date(Date.parse(at) + 1000).toISOString(),
                labels: { severity: group.severity },
              },
            ]),
          ),
        ),
      ),
  };
}

const isDigest = ({ content }: SandboxMessage) => content.includes('storm');
const whole = ({ text, files }: SandboxMessage) => `${text}\n${files.map((file) => file.text()).join('\n')}`;

function everything(): string {
  return homelab.discord.messages('alerts').map(whole).join('\n');
}

/** Names that stand in no message. */
function missing(groups: readonly { readonly name: string }[]): readonly string[] {
  const text = everything();
  return groups.map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
}

describe('a storm of hundreds of groups', () => {
  test('is visible at once, what is critical with messages of its own, and ends in a short account', async () => {
    const { discord } = homelab;
    const { groups, end } = await storm(300, (index) => (index % 50 === 49 ? 'critical' : 'warning'));
    const digest = await discord.waitForMessage('alerts', isDigest, { timeoutMs: 20_000 });
    expect(digest.rang).toEqual([discord.roleId('operator')]);
    await discord.waitFor(() => missing(groups).length === 0, { what: 'every group', timeoutMs: 20_000 });
    const critical = groups.filter(({ severity }) => severity === 'critical');
    const own = () => discord.messages('alerts').filter((message) => !isDigest(message));
    await discord.waitFor(() => critical.every(({ name }) => own().some(({ text }) => text.includes(name))), {
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
    expect(counted + own().length).toBe(300);
    await discord.waitFor(() => own().every(({ content }) => content.includes('resolved')), {
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
    await discord.waitFor(() => missing(groups).length === 0, { what: 'every group', timeoutMs: 40_000 });
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
    const own = () => discord.messages('alerts').filter((message) => !isDigest(message));
    // Those that came first, and four that waited.
    const settled = () => own().length >= 5 + 4;
    await discord.waitFor(settled, { what: 'messages of those that do not fold', timeoutMs: 20_000 });
    const folded = groups.find(({ name }) => !own().some(({ text }) => text.includes(name)));
    if (folded === undefined) throw new Error('nothing was folded');
    await post(
      homelab,
      folded.body([{ labels: { severity: 'info' } }, { labels: { severity: 'critical', pod: 'web-9' } }]),
    );
    const single = await discord.waitForMessage('alerts', (one) => !isDigest(one) && one.text.includes(folded.name), {
      timeoutMs: 20_000,
    });
    expect(single.content).toContain('critical firing');
    expect(single.rang).toEqual([discord.roleId('operator')]);
  }, 90_000);
});

test('a busy quarter of an hour is no storm: what the channel shows in a few seconds has messages of its own', async () => {
  const { discord } = homelab;
  const { groups } = await storm(12, () => 'warning');
  await discord.waitFor(() => missing(groups).length === 0, { what: 'every group', timeoutMs: 30_000 });
  expect(discord.messages('alerts').filter(isDigest)).toEqual([]);
}, 60_000);
