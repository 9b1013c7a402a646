// Whom the bot rings again, when and how often, through the whole bot: an edit rings nobody's phone, a short reply to the card does.
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { generous, newGroup, post } from './posting.ts';
import { wronglyAsked } from './seen.ts';

let homelab: Homelab;

beforeAll(async () => {
  homelab = await startHomelab({
    discord: { rateLimits: generous, windows: { identify: 100 } },
    config: (discord) => `${levelsOf(discord)}
alerts:
  routes:
    - match: { team: loud }
      channel: "${discord.channelId('alerts')}"
      ringOnResolve: true
    - match: { team: quiet }
      channel: "${discord.channelId('alerts')}"
      ring: false
    - match: {}
      channel: "${discord.channelId('alerts')}"
      mention: ["${discord.roleId('operator')}"]
      escalate: { after: 15m, mention: ["${discord.roleId('admin')}"] }
`,
  });
});

afterAll(() => homelab.stop());

afterEach(() => {
  const wrong = wronglyAsked(homelab.discord);
  homelab.discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
});

const warning = { fingerprint: 'w', labels: { pod: 'web-1' } };
const critical = { fingerprint: 'c', labels: { pod: 'web-2', severity: 'critical' } };
const over = <T extends object>(alert: T) => ({ ...alert, status: 'resolved' }) as const;
const later = <T extends object>(alert: T) => ({ ...alert, startsAt: new Date(Date.now() + 1000).toISOString() });

/** Replies that are there, oldest first. */
function replies() {
  return homelab.discord.messages('alerts').filter(({ replyTo }) => replyTo !== null);
}

/** As if all that the bot knows had happened this much earlier; it is killed and started again. */
async function pass(ms: number): Promise<void> {
  await homelab.bot.end('SIGKILL');
  const database = new DatabaseSync(`${homelab.folder}/bot.db`);
  database.exec(`update incidents set escalate_at = escalate_at - ${ms}, state = json_set(state,
    '$.notifiedAt', state ->> '$.notifiedAt' - ${ms}, '$.criticalSince', state ->> '$.criticalSince' - ${ms})`);
  database.close();
  homelab.bot.start();
  await homelab.bot.whenReady({});
}

test('a group that gets worse rings by a short reply to its card, once, with the mentions of its route', async () => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([warning]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  await post(homelab, group.body([warning, critical]));
  const reply = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  expect(reply.content).toMatch(/^🔴 got worse: critical firing: Test\d+/);
  expect(reply.rang).toEqual([discord.roleId('operator')]);
  expect(reply.embeds).toEqual([]);
  await post(homelab, group.body([warning, critical]));
  await post(homelab, group.body([warning, critical, { ...critical, fingerprint: 'c2' }]));
  await discord.waitForMessage('alerts', ({ text }) => text.includes('3 firing'));
  expect(replies()).toHaveLength(1);
});

test('the end takes the ring away, and the next one takes the place of the one before', async () => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([warning]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  await post(homelab, group.body([warning, critical]));
  const worse = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  await post(homelab, group.body([over(warning), over(critical)]));
  await discord.waitFor(() => replies().length === 0, { what: 'the ring to go away' });
  await post(homelab, group.body([later(critical)]));
  const again = await discord.waitForMessage('alerts', ({ replyTo, deleted }) => replyTo === card.id && !deleted);
  expect(again.id).not.toBe(worse.id);
  expect(again.content).toMatch(/^🔴 again: critical firing/);
  expect(replies()).toHaveLength(1);
});

test('an end rings where the route says so, and nothing rings where it is quiet', async () => {
  const { discord } = homelab;
  const [loud, quiet] = [newGroup(), newGroup()];
  const of = (team: string) => ({ ...critical, labels: { ...critical.labels, team } });
  await post(homelab, quiet.body([{ labels: { team: 'quiet' } }]));
  await discord.waitForMessage('alerts', ({ text }) => text.includes(quiet.name));
  await post(homelab, quiet.body([{ labels: { team: 'quiet' } }, of('quiet')]));
  await post(homelab, loud.body([of('loud')]));
  await discord.waitForMessage('alerts', ({ text }) => text.includes(loud.name));
  await post(homelab, loud.body([over(of('loud'))]));
  const reply = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo !== null);
  expect(reply.content).toMatch(/^✅ resolved: /);
  expect(reply.silent).toBe(false);
  expect(replies()).toHaveLength(1);
});

test('what Alertmanager repeats rings while nobody has acknowledged it, over a kill too', async () => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([warning]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  await pass(4 * 3_600_000);
  await post(homelab, group.body([warning], { notification_reason: 'repeat interval elapsed' }));
  const reply = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  expect(reply.content).toContain('🟠 nobody has acknowledged it: warning firing');
  expect(reply.rang).toEqual([discord.roleId('operator')]);
});

test('a critical incident that nobody acknowledges rings the next role, once, over kills', async () => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([critical]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  expect(card.rang).toEqual([discord.roleId('operator')]);
  await pass(14 * 60_000);
  expect(replies()).toEqual([]);
  await pass(60_000);
  const reply = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  expect(reply.content).toContain('🔴 still not acknowledged: critical firing');
  expect(reply.rang).toEqual([discord.roleId('admin')]);
  await pass(3_600_000);
  const other = newGroup();
  await post(homelab, other.body([warning]));
  await discord.waitForMessage('alerts', ({ text }) => text.includes(other.name));
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
});

test.each([
  ['Discord drops the connection after it has posted it', 'drop after acting'],
  ['Discord drops the connection before it has posted it', 'drop before acting'],
] as const)('a ring is there once although %s', async (_, fault) => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([warning]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  discord.faults.next({ method: 'POST', path: '/messages' }, fault);
  await post(homelab, group.body([warning, critical]));
  await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  const settled = newGroup();
  await post(homelab, settled.body());
  await discord.waitForMessage('alerts', ({ text }) => text.includes(settled.name));
  expect(replies()).toHaveLength(1);
});

test('a ring that was posted right before a kill is not posted again', async () => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([warning]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  discord.faults.next({ method: 'POST', path: '/messages' }, 'hang after acting');
  await post(homelab, group.body([warning, critical]));
  await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  await homelab.bot.end('SIGKILL');
  discord.faults.clear();
  homelab.bot.start();
  await homelab.bot.whenReady({});
  await post(homelab, group.body([warning, critical, { fingerprint: 'third', labels: { pod: 'web-3' } }]));
  await discord.waitForMessage('alerts', ({ text }) => text.includes('3 firing'));
  expect(replies()).toHaveLength(1);
});
