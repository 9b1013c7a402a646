// Whom the bot rings again, when and how often, through the whole bot: an edit rings nobody's phone, a short reply to the card does.
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { newGroup, post } from './posting.ts';
import { critical, homelab, over, replies, settle, warning } from './ringing.ts';

const later = <T extends object>(alert: T) => ({ ...alert, startsAt: new Date(Date.now() + 1000).toISOString() });

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
  await settle();
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
});

test('whoever acknowledges it takes away the ring that asked for it, and is left alone', async () => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([critical]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  await pass(4 * 3_600_000);
  await discord.waitForMessage('alerts', ({ content }) => content.includes('still not acknowledged'));
  await post(homelab, group.body([critical], { notification_reason: 'repeat interval elapsed' }));
  await discord.waitForMessage('alerts', ({ content }) => content.includes('nobody has acknowledged it'));
  expect(replies()).toHaveLength(1);
  await discord.as('otto').press(card, 'Acknowledge');
  await discord.waitFor(() => replies().length === 0, { what: 'the ring to go away' });
  await pass(4 * 3_600_000);
  await post(homelab, group.body([critical], { notification_reason: 'repeat interval elapsed' }));
  await settle();
  expect(replies()).toEqual([]);
});

test('what gets worse while nobody knows whether its card was posted rings once it is known', async () => {
  const { discord } = homelab;
  const group = newGroup();
  discord.faults.next({ method: 'POST', path: '/messages' }, 'hang after acting');
  await post(homelab, group.body([warning]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  await post(homelab, group.body([warning, critical]));
  const reply = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id, { timeoutMs: 20_000 });
  expect(reply.content).toContain('got worse: critical');
  expect(replies()).toHaveLength(1);
});

test('what gets worse before its card is posted is told by that card alone', async () => {
  const { discord } = homelab;
  const group = newGroup();
  discord.faults.next({ method: 'POST', path: '/messages' }, { rateLimit: 'route', retryAfterMs: 1000 });
  await post(homelab, group.body([warning]));
  await post(homelab, group.body([warning, critical]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  expect(card.content).toContain('critical firing');
  expect(card.rang).toEqual([discord.roleId('operator')]);
  await settle();
  expect(replies()).toEqual([]);
});

test('a ring that may have been posted when its incident ended is looked for and taken away', async () => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([warning]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  discord.faults.next({ method: 'POST', path: '/messages' }, 'hang after acting');
  await post(homelab, group.body([warning, critical]));
  await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  await post(homelab, group.body([over(warning), over(critical)]));
  await discord.waitFor(() => replies().length === 0, { what: 'the ring to go away', timeoutMs: 20_000 });
  await discord.waitForMessage('alerts', ({ id, content }) => id === card.id && content.includes('resolved'));
});

test.each([
  ['drops the connection before it deletes the one before', 'drop before acting'],
  ['drops the connection after it has deleted the one before', 'drop after acting'],
  ['answers 500', { status: 500 }],
  ['asks to wait', { rateLimit: 'route', retryAfterMs: 500 }],
  ['says that somebody has deleted it', { status: 404, body: { message: 'Unknown Message', code: 10008 } }],
] as const)('a newer ring takes the place of the one before although Discord %s', async (_, fault) => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([{ ...warning, labels: { severity: 'info' } }]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  await post(homelab, group.body([warning]));
  const first = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  discord.faults.next({ method: 'DELETE', path: '/messages' }, fault);
  await post(homelab, group.body([warning, critical]));
  const second = await discord.waitForMessage('alerts', ({ id, replyTo }) => replyTo === card.id && id !== first.id);
  await settle();
  const left = replies().map(({ id }) => id);
  // What Discord says is gone is not asked for again.
  expect(left.filter((id) => id !== first.id)).toEqual([second.id]);
  if (typeof fault === 'string' || !('body' in fault)) expect(left).toEqual([second.id]);
});

test('what gets worse while the database takes nothing rings once it works again', async () => {
  const { discord } = homelab;
  const group = newGroup();
  await post(homelab, group.body([warning]));
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  // Another process that holds the write lock does to the bot what a full disk does.
  const lock = new DatabaseSync(`${homelab.folder}/bot.db`, { timeout: 5000 });
  lock.exec('BEGIN IMMEDIATE');
  expect((await post(homelab, group.body([warning, critical]))).status).toBe(503);
  await discord.waitForMessage('alerts', ({ id, text }) => id === card.id && text.includes('2 firing'));
  lock.exec('ROLLBACK');
  lock.close();
  const reply = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
  expect(reply.content).toContain('got worse: critical');
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
  await settle();
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

test('a critical alert that its group never had rings, although another one of it flapped within the hour', async () => {
  const { discord } = homelab;
  const group = newGroup();
  const began = Date.now();
  const since = <T extends object>(alert: T, ms: number) => ({
    ...alert,
    startsAt: new Date(began + ms).toISOString(),
  });
  for (const ms of [0, 1000]) {
    await post(homelab, group.body([since(critical, ms)]));
    await post(homelab, group.body([over(since(critical, ms))]));
  }
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes('flapped once'));
  const other = { fingerprint: 'm', labels: { alertname: 'MysqlDown', severity: 'critical' } };
  await post(homelab, group.body([since(other, 2000)]));
  const reply = await discord.waitForMessage(
    'alerts',
    ({ replyTo, text }) => replyTo === card.id && text.includes('MysqlDown'),
  );
  expect(reply.content).toMatch(/^🔴 new: critical firing: /);
  expect(reply.rang).toEqual([discord.roleId('operator')]);
});
