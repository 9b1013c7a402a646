// What an operator follows: one reference through the log from a webhook to its message, and from a command to its audit entry; the metrics.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SandboxMessage } from '../../sandbox/discord/discord.ts';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { shopShas } from '../../sandbox/registry/seed.ts';
import { generous, newGroup, post } from './posting.ts';
import { auditTrail, complaints, type LogLine, logLines } from './seen.ts';

const discordOptions = { rateLimits: generous, windows: { identify: 100 } };

/** `ref …` in the message's footer. */
function refOf(message: SandboxMessage): string {
  return /ref ([0-9a-f]+)$/.exec(message.embeds[0]?.footer?.text ?? '')?.[1] ?? 'none';
}

/** As `grep` finds them. */
function linesWith(homelab: Homelab, reference: string): LogLine[] {
  return logLines(
    homelab.bot
      .output()
      .split('\n')
      .filter((line) => line.includes(reference))
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** Sample → value. */
async function metricsOf(homelab: Homelab): Promise<Map<string, number>> {
  const text = await (await fetch(`${homelab.bot.url}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [
      line.slice('homelab_bot_'.length, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  );
}

describe('the log', () => {
  let homelab: Homelab;

  beforeAll(async () => {
    homelab = await startHomelab({ discord: discordOptions, env: { LOG_LEVEL: 'debug' } });
  });

  afterAll(() => homelab.stop());

  test('leads from the reference in a message’s footer through every stage of its alert, to its end', async () => {
    const { discord } = homelab;
    const group = newGroup();
    await post(homelab, group.body());
    const created = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
    await post(homelab, group.body([{}, { labels: { pod: 'b' } }]));
    await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name) && text.includes('2 firing'));
    await post(homelab, group.body([{ status: 'resolved' }, { status: 'resolved', labels: { pod: 'b' } }]));
    await discord.waitForMessage('alerts', ({ content }) => content.includes(`resolved: ${group.name}`));

    const ref = refOf(created);
    const ended = (line: LogLine) => line.msg === 'A message was edited' && line['open'] === false;
    await discord.waitFor(() => linesWith(homelab, ref).some(ended));
    const lines = linesWith(homelab, ref);
    const channel = discord.channelId('alerts');
    expect(lines.filter(({ msg }) => msg === 'A webhook was answered')).toHaveLength(3);
    expect(lines.filter(({ msg }) => msg === 'A notification was taken')).toMatchObject([
      {
        level: 'info',
        ref,
        result: 'opened',
        alerts: 1,
        groupKey: expect.stringContaining(group.name),
        quiet: 'its card is new',
      },
      { level: 'debug', ref, result: 'updated', alerts: 2, receiver: expect.any(String), quiet: 'it is no worse' },
      { level: 'info', ref, result: 'closed', status: 'resolved' },
    ]);
    expect(lines.find(({ msg }) => msg === 'A message was created')).toMatchObject({
      level: 'info',
      ref,
      kind: 'alert',
      channel,
      message: created.id,
      lagMs: expect.any(Number),
    });
    expect(lines.find(ended)).toMatchObject({ level: 'info', ref, channel, message: created.id });
  });

  test('says with the reference why a message waits', async () => {
    const { discord } = homelab;
    discord.faults.next({ method: 'POST', path: /^\/channels\/\d+\/messages$/ }, { status: 502 });
    const group = newGroup();
    await post(homelab, group.body());
    const created = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name), {
      timeoutMs: 15_000,
    });
    expect(linesWith(homelab, refOf(created))).toContainEqual(
      expect.objectContaining({
        msg: 'A message could not be shown: it waits',
        reason: expect.stringContaining('502'),
      }),
    );
  });

  test('leads from a command’s reference in the audit trail to its answer, also where it was refused', async () => {
    const { discord } = homelab;
    await (await discord.as('vera').command('nodes')).final();
    await (await discord.as('nils').command('nodes')).final();
    await discord.waitFor(() => auditTrail(homelab).length >= 3);
    const trail = auditTrail(homelab);
    const asked = trail.find(({ username }) => username === 'vera')?.reference ?? 'none';
    const refused = trail.find(({ username }) => username === 'nils')?.reference ?? 'none';
    await discord.waitFor(() => linesWith(homelab, refused).some(({ msg }) => msg === 'A command was answered'));
    expect(linesWith(homelab, asked).map(({ msg }) => msg)).toEqual([
      'A command arrived',
      'The audit trail says so',
      'The audit trail says so',
      'A command was answered',
    ]);
    expect(linesWith(homelab, refused).at(-1)).toMatchObject({ level: 'info', command: 'nodes', ending: 'refused' });
  });

  test('leads from a deploy’s card to the command that asked for it, and on', async () => {
    const { discord } = homelab;
    await (await discord.as('otto').command('deploy', { sha: shopShas[3] ?? '' })).final({ timeoutMs: 30_000 });
    const card = await discord.waitForMessage(
      'operations',
      (message) => message.ephemeralFor === null && message.text.includes('done'),
      { timeoutMs: 40_000 },
    );
    const lines = linesWith(homelab, refOf(card));
    const began = lines.find(({ msg }) => msg === 'An operation began');
    expect(began).toMatchObject({ level: 'info', kind: 'deploy', app: 'shop' });
    expect(lines.find(({ msg }) => msg === 'An operation ended')).toMatchObject({ level: 'info', ending: 'done' });
    expect(linesWith(homelab, String(began?.['reference'])).map(({ msg }) => msg)).toContain('A command arrived');
  });

  test('holds no secret of its environment, whatever it said of all this', async () => {
    const { discord, bot, folder } = homelab;
    const named = Object.entries(bot.env).filter(([name]) => /TOKEN|SECRET|KEY/.test(name));
    const kubeconfig = await readFile(`${folder}/kubeconfig`, 'utf8');
    const interactions = discord.requests.all.flatMap(
      ({ path }) => /^\/(?:interactions|webhooks)\/\d+\/([^/]+)/.exec(path)?.[1] ?? [],
    );
    const secrets = [
      ...named.map(([, value]) => value),
      /token: "?([^"\n]+)/.exec(kubeconfig)?.[1] ?? '',
      ...interactions,
    ].filter((secret) => secret !== '');
    expect(secrets.length).toBeGreaterThan(6);
    expect(secrets.filter((secret) => bot.output().includes(secret))).toEqual([]);
  });
});

test('at its usual level the log has two lines an incident when it begins and two when it ends, and none between', async () => {
  const homelab = await startHomelab({ discord: discordOptions });
  try {
    const { discord } = homelab;
    const group = newGroup();
    await post(homelab, group.body());
    const created = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
    for (const pod of ['b', 'c']) {
      await post(homelab, group.body([{}, { labels: { pod } }]));
      await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name) && text.includes(pod));
    }
    await post(homelab, group.body([{ status: 'resolved' }, { status: 'resolved' }, { status: 'resolved' }]));
    await discord.waitForMessage('alerts', ({ content }) => content.includes(`resolved: ${group.name}`));
    await discord.waitFor(() => linesWith(homelab, refOf(created)).length >= 4);
    expect(linesWith(homelab, refOf(created)).map(({ msg }) => msg)).toEqual([
      'A notification was taken',
      'A message was created',
      'A notification was taken',
      'A message was edited',
    ]);
  } finally {
    await homelab.stop();
  }
});

describe('the metrics', () => {
  let homelab: Homelab;

  beforeAll(async () => {
    homelab = await startHomelab({ discord: discordOptions });
  });

  afterAll(() => homelab.stop());

  test('count what became of an alert, a command, a refusal and a deploy', async () => {
    const { discord } = homelab;
    const group = newGroup();
    await post(homelab, group.body());
    await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
    await (await discord.as('vera').command('nodes')).final();
    await (await discord.as('nils').command('nodes')).final();
    await (await discord.as('otto').command('deploy', { sha: shopShas[3] ?? '' })).final({ timeoutMs: 30_000 });
    const ended = async () =>
      (await metricsOf(homelab)).get('operations_total{procedure="deploy",outcome="done"}') === 1;
    await until(ended);
    const metrics = await metricsOf(homelab);
    expect(Object.fromEntries(metrics)).toMatchObject({
      'webhooks_total{status="202"}': 1,
      'notifications_total{status="firing"}': 1,
      'command_duration_seconds_count{command="nodes",outcome="answered"}': 1,
      'command_duration_seconds_count{command="nodes",outcome="refused"}': 1,
      command_acknowledged_seconds_count: 3,
      'operations_total{procedure="rollback",outcome="failed"}': 0,
      audit_failures_total: 0,
      discord_disconnects_total: 0,
      store_open: 1,
      discord_ready: 1,
      cluster_ready: 1,
    });
    expect(metrics.get('cards_total{outcome="created"}')).toBeGreaterThanOrEqual(2);
    expect(metrics.get('delivery_lag_seconds_count')).toBeGreaterThanOrEqual(2);
    expect(metrics.get('discord_requests_total{status="2xx"}')).toBeGreaterThan(5);
  });

  test('tell that Discord is away, since when something waits, and that all is well again', async () => {
    const { discord } = homelab;
    const waiting = async () => (await metricsOf(homelab)).get('queue_depth');
    await until(async () => (await waiting()) === 0);
    await discord.faults.away();
    const group = newGroup();
    await post(homelab, group.body());
    await until(async () => {
      const metrics = await metricsOf(homelab);
      return (
        metrics.get('discord_ready') === 0 &&
        metrics.get('queue_depth') === 1 &&
        (metrics.get('cards_oldest_waiting_seconds') ?? 0) > 0.5 &&
        (metrics.get('cards_total{outcome="not sent"}') ?? 0) > 0
      );
    });
    await discord.faults.back();
    await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name), { timeoutMs: 40_000 });
    await homelab.bot.whenReady({ discord: 'ready' }, 40_000);
    await until(async () => (await waiting()) === 0);
    const metrics = await metricsOf(homelab);
    expect(Object.fromEntries(metrics)).toMatchObject({
      cards_oldest_waiting_seconds: 0,
      discord_disconnects_total: 1,
    });
    expect(metrics.get('discord_requests_total{status="none"}')).toBeGreaterThan(0);
  }, 90_000);

  test('count a rate limit by what it is', async () => {
    const { discord } = homelab;
    const before = (await metricsOf(homelab)).get('cards_total{outcome="slow down"}') ?? 0;
    discord.faults.next(
      { method: 'POST', path: /^\/channels\/\d+\/messages$/ },
      { rateLimit: 'shared', retryAfterMs: 300 },
    );
    const group = newGroup();
    await post(homelab, group.body());
    await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name), { timeoutMs: 15_000 });
    const metrics = await metricsOf(homelab);
    expect(metrics.get('cards_total{outcome="slow down"}')).toBeGreaterThan(before);
    expect(metrics.get('discord_requests_total{status="429"}')).toBeGreaterThan(0);
    expect(metrics.get('discord_rate_limits_total{scope="shared"}')).toBe(1);
    expect(complaints(homelab.bot.output()).filter(({ level }) => level === 'error')).toEqual([]);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
