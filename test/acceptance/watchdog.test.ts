// The dead man's switch, through the whole bot: a Watchdog that stays away is one critical card, over kills of the bot and an absent Discord.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { generous, newGroup, post, sample } from './posting.ts';
import { routesOf, toCritical } from './routing.ts';
import { logLines } from './seen.ts';

/** The shortest `after` that the configuration takes, in milliseconds. */
const after = 60_000;
const missing = 'The Watchdog is missing: Prometheus or Alertmanager no longer reaches the bot';

let watched: Homelab;
let cutOff: Homelab;
/** When the watched bot, killed right after it had heard the Watchdog, took webhooks again. */
let listeningSince: number;
let lastSeen: number;

async function start(): Promise<Homelab> {
  return startHomelab({
    discord: { rateLimits: generous, windows: { identify: 100 } },
    config: (discord) => {
      const routes = [toCritical({ alertname: 'Watchdog', severity: 'critical' })];
      return `${levelsOf(discord)}${routesOf(discord, routes, { watchdog: { after: '1m' } })}`;
    },
  });
}

async function again(homelab: Homelab): Promise<void> {
  await homelab.bot.end('SIGKILL');
  homelab.bot.start();
  await homelab.bot.whenReady({});
}

function saidMissing(homelab: Homelab): number {
  return logLines(homelab.bot.output()).filter(({ msg }) => msg === missing).length;
}

// Both wait at the same time.
beforeAll(async () => {
  watched = await start();
  cutOff = await start();
  expect((await post(watched, sample('watchdog-first'))).status).toBe(202);
  lastSeen = Date.now();
  await watched.bot.end('SIGKILL');
  listeningSince = Date.now();
  watched.bot.start();
  await watched.bot.whenReady();
  await cutOff.discord.faults.away();
});

afterAll(async () => {
  await Promise.all([watched?.stop(), cutOff?.stop()]);
});

test('after a kill it is waited for anew; then its absence is one critical card, over another kill too, until it returns', async () => {
  const { discord } = watched;
  const group = newGroup();
  await post(watched, group.body());
  const first = await discord.waitForMessage('alerts-critical', undefined, { timeoutMs: after + 40_000 });
  expect(first.createdAt - listeningSince).toBeGreaterThanOrEqual(after);
  expect(first.content).toContain('critical firing: no Watchdog for more than 1m');
  expect(first.rang).toEqual([discord.roleId('operator')]);
  const shown = Number(/Last seen <t:(\d+):R>/.exec(first.text)?.[1]) * 1000;
  expect(Math.abs(shown - lastSeen)).toBeLessThan(10_000);

  await again(watched);
  expect((await post(watched, sample('watchdog-first'))).status).toBe(202);
  const last = await discord.waitForMessage('alerts-critical', (message) => message.content.includes('resolved'));
  expect(last.id).toBe(first.id);
  expect(last.content).toMatch(/resolved: Watchdog is back after 1m(\d+s)?$/);
  expect(discord.messages('alerts-critical')).toHaveLength(1);
  expect(discord.messages('alerts')).toHaveLength(1);
  expect(discord.messages('alerts')[0]?.text).toContain(group.name);
  expect(saidMissing(watched)).toBe(1);
}, 180_000);

test('what was missed while Discord was away, and is over, is shown once, as resolved', async () => {
  const { discord } = cutOff;
  await discord.waitFor(() => saidMissing(cutOff) > 0, {
    what: 'a Watchdog that is missing',
    timeoutMs: after + 40_000,
  });
  await again(cutOff);
  expect((await post(cutOff, sample('watchdog-first'))).status).toBe(202);
  await discord.faults.back();
  const only = await discord.waitForMessage('alerts-critical', undefined, { timeoutMs: 60_000 });
  expect(only.content).toContain('resolved: Watchdog is back');
  expect(only.text).toContain('Waited for from');
  expect(only.rang).toEqual([]);
  expect(only.silent).toBe(true);
  const settled = newGroup();
  await post(cutOff, settled.body());
  await discord.waitForMessage('alerts', (message) => message.text.includes(settled.name));
  expect(discord.messages('alerts-critical')).toHaveLength(1);
}, 180_000);
