// What nobody told the bot is found out from Alertmanager's list, and what it was told wrongly or late makes no second message.
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from '@jest/globals';
import type { Labels } from '../../sandbox/alertmanager/fingerprint.ts';
import { homelabAlerts } from '../../sandbox/alertmanager/homelab-alerts.ts';
import { type Homelab, type HomelabOptions, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { generous } from './posting.ts';
import { logLines } from './seen.ts';

const { mysqlDown, nodeDown, nodeMemoryLow, podFailed } = homelabAlerts;

/** A minute is what a difference has to last; it begins anew with each start of the bot. */
const holdMs = 60_000;

const running: Homelab[] = [];

async function start(more: Pick<HomelabOptions, 'config'> = {}): Promise<Homelab> {
  const homelab = await startHomelab({ discord: { rateLimits: generous, windows: { identify: 100 } }, ...more });
  running.push(homelab);
  return homelab;
}

afterAll(async () => {
  for (const homelab of running) await homelab.stop();
});

function about({ discord }: Homelab, { alertname }: Labels) {
  return discord.messages('alerts').filter((message) => message.text.includes(String(alertname)));
}

/** Stops the bot and lets `change` happen at Alertmanager, which believes that all of it was told. */
async function untold({ alertmanager, bot }: Homelab, change: () => void): Promise<void> {
  await alertmanager.settled();
  await bot.end('SIGTERM');
  alertmanager.sendTo(null);
  change();
  await alertmanager.settled();
  alertmanager.sendTo(`${bot.url}/webhooks/alertmanager`);
}

function looks({ alertmanager }: Homelab): number {
  return alertmanager.api.requests.filter(({ path }) => path.startsWith('/api/v2/alerts?')).length;
}

test.concurrent('what began, joined, ended or was silenced while the bot was down is on the cards a minute after its start, also when it is killed within that minute', async () => {
  const homelab = await start();
  const { alertmanager, bot, discord } = homelab;
  for (const { labels, annotations } of [mysqlDown, nodeDown, podFailed]) alertmanager.fire(labels, annotations);
  await discord.waitFor(() => discord.messages('alerts').length === 3, { what: 'three messages' });
  const joining = { ...nodeDown.labels, node: 'desktop-9' };
  await untold(homelab, () => {
    alertmanager.resolve(mysqlDown.labels);
    alertmanager.fire(nodeMemoryLow.labels, nodeMemoryLow.annotations);
    alertmanager.fire(joining, nodeDown.annotations);
    alertmanager.silences.add({ alertname: podFailed.labels.alertname });
  });

  bot.start();
  await discord.waitFor(() => about(homelab, podFailed.labels)[0]?.text.includes('firing (silenced)'), {
    what: 'the silenced one',
    timeoutMs: 30_000,
  });
  await bot.end('SIGKILL');
  expect(discord.messages('alerts')).toHaveLength(3);

  bot.start();
  const found = await discord.waitFor(() => about(homelab, nodeMemoryLow.labels)[0], {
    what: 'the alert that was never told',
    timeoutMs: holdMs + 30_000,
  });
  expect(found.content).toContain('warning firing: NodeMemoryLow');
  expect(found.text).toContain("Found in Alertmanager's list");
  await discord.waitFor(() => about(homelab, mysqlDown.labels)[0]?.content.includes('no longer reported'), {
    what: 'the one whose end was missed',
    timeoutMs: 15_000,
  });
  await discord.waitFor(() => about(homelab, nodeDown.labels)[0]?.text.includes('2 firing'), {
    what: 'the one that joined',
    timeoutMs: 15_000,
  });
  expect(discord.messages('alerts')).toHaveLength(4);

  // The first notification of that group takes the message over.
  const second = { ...nodeMemoryLow.labels, node: 'desktop-1' };
  alertmanager.fire(second, nodeMemoryLow.annotations);
  const adopted = await discord.waitFor(
    () => about(homelab, second).find(({ text }) => text.includes('2 firing') && !text.includes('Found in')),
    { what: 'both in one message' },
  );
  expect(adopted.id).toBe(found.id);
  for (const labels of [second, nodeMemoryLow.labels]) alertmanager.resolve(labels);
  await discord.waitFor(() => about(homelab, second)[0]?.content.includes('resolved'), { what: 'its end' });
  expect(discord.messages('alerts')).toHaveLength(4);
}, 180_000);

test.concurrent('an API that is away changes nothing, and is made up for once it is back', async () => {
  const homelab = await start();
  const { alertmanager, bot, discord } = homelab;
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  const first = await discord.waitForMessage('alerts');
  await untold(homelab, () => {
    alertmanager.resolve(mysqlDown.labels);
    alertmanager.fire(nodeDown.labels, nodeDown.annotations);
  });
  alertmanager.api.fail({ status: 503 });
  const before = alertmanager.api.requests.length;
  bot.start();
  await discord.waitFor(() => alertmanager.api.requests.length >= before + 2, {
    what: 'a second try',
    timeoutMs: 45_000,
  });
  expect(discord.messages('alerts')).toEqual([first]);
  const said = logLines(bot.output()).filter(({ msg }) => msg.startsWith('Incidents cannot be compared'));
  expect(said.map(({ level, outcome }) => ({ level, outcome }))).toEqual([{ level: 'warn', outcome: 'away' }]);

  const looked = looks(homelab);
  alertmanager.api.fail(null);
  await discord.waitFor(() => looks(homelab) > looked, { what: 'a look', timeoutMs: 60_000 });
  expect(discord.messages('alerts')).toEqual([first]);
  await discord.waitFor(() => about(homelab, nodeDown.labels)[0], {
    what: 'the alert that was never told',
    timeoutMs: holdMs + 30_000,
  });
  await discord.waitFor(() => about(homelab, mysqlDown.labels)[0]?.content.includes('no longer reported'), {
    what: 'the one whose end was missed',
  });
  expect(discord.messages('alerts')).toHaveLength(2);
}, 240_000);

test.concurrent('what is over for Alertmanager mentions nobody after a start, and what still fires mentions the next role at once', async () => {
  const homelab = await start({
    config: (discord) => `${levelsOf(discord)}
alerts:
  routes:
    - match: {}
      channel: "${discord.channelId('alerts')}"
      escalate: { after: 15m, mention: ["${discord.roleId('admin')}"] }
`,
  });
  const { alertmanager, bot, discord, folder } = homelab;
  const [goesOn, ends] = [mysqlDown, { ...nodeDown, labels: { ...nodeDown.labels, severity: 'critical' } }];
  for (const { labels, annotations } of [goesOn, ends]) alertmanager.fire(labels, annotations);
  await discord.waitFor(() => discord.messages('alerts').length === 2, { what: 'two messages' });
  await untold(homelab, () => {
    alertmanager.resolve(ends.labels);
    const database = new DatabaseSync(`${folder}/bot.db`);
    database.exec(`update incidents set escalate_at = escalate_at - 900000,
      state = json_set(state, '$.criticalSince', state ->> '$.criticalSince' - 900000)`);
    database.close();
  });

  bot.start();
  const ring = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo !== null);
  expect(ring.content).toContain('still not acknowledged: critical firing: MySQLDown');
  await discord.waitFor(() => about(homelab, ends.labels)[0]?.content.includes('no longer reported'), {
    what: 'the one whose end was missed',
    timeoutMs: holdMs + 30_000,
  });
  const replies = discord.requests.all.filter(
    ({ method, body }) => method === 'POST' && JSON.stringify(body ?? null).includes('message_reference'),
  );
  expect(replies).toHaveLength(1);
}, 180_000);
