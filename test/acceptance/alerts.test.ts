// What people see in their channels of what Alertmanager posts, through the whole bot.
import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { generous, newGroup, post, sample } from './posting.ts';
import { routesOf, toCritical } from './routing.ts';
import { wronglyAsked } from './seen.ts';

let homelab: Homelab;

beforeAll(async () => {
  homelab = await startHomelab({
    discord: { rateLimits: generous },
    config: (discord) => `${levelsOf(discord)}${routesOf(discord, [toCritical()])}`,
  });
});

afterAll(() => homelab.stop());

afterEach(() => {
  const wrong = wronglyAsked(homelab.discord);
  homelab.discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
});

describe('an alert group is one message', () => {
  test('that appears, grows, shrinks and ends', async () => {
    const { discord } = homelab;
    const group = newGroup();
    expect((await post(homelab, group.body([{ labels: { pod: 'web-1' } }]))).status).toBe(202);
    const first = await discord.waitForMessage('alerts', (message) => message.text.includes('web-1'));
    expect(first.content).toContain(`warning firing: ${group.name}`);

    await post(homelab, group.body([{ labels: { pod: 'web-1' } }, { labels: { pod: 'web-2' } }]));
    await discord.waitForMessage(
      'alerts',
      (message) => message.text.includes('2 firing') && message.text.includes('web-2'),
    );

    await post(homelab, group.body([{ labels: { pod: 'web-1' }, status: 'resolved' }, { labels: { pod: 'web-2' } }]));
    await discord.waitForMessage('alerts', (message) => message.text.includes('1 firing, 1 resolved'));

    const ended = { labels: { pod: 'web-2' }, status: 'resolved', fingerprint: `${group.name}-1` } as const;
    await post(homelab, group.body([ended]));
    const last = await discord.waitForMessage('alerts', (message) =>
      message.content.includes(`resolved: ${group.name}`),
    );
    expect(last.id).toBe(first.id);
    expect(last.text).not.toContain('firing');
    expect(discord.messages('alerts')).toHaveLength(1);
  });

  test('that opens again when it fires again soon', async () => {
    const { discord } = homelab;
    const group = newGroup();
    await post(homelab, group.body());
    await post(homelab, group.body([{ status: 'resolved' }]));
    await discord.waitForMessage('alerts', (message) => message.content.includes('resolved'));
    await post(homelab, group.body([{ startsAt: new Date(Date.now() + 1000).toISOString() }]));
    await discord.waitForMessage('alerts', (message) => message.content.includes('firing'));
    // What rings for it is a reply.
    expect(discord.messages('alerts').filter(({ replyTo }) => replyTo === null)).toHaveLength(1);
  });

  test('however often and in whatever order its notifications arrive', async () => {
    const { discord } = homelab;
    const group = newGroup();
    const firing = group.body();
    const resolved = group.body([{ status: 'resolved' }]);
    await Promise.all([firing, firing, resolved, firing, resolved, firing].map((body) => post(homelab, body)));
    await discord.waitForMessage('alerts', (message) => message.content.includes('resolved'));
    await post(homelab, firing);
    const settled = newGroup();
    await post(homelab, settled.body());
    await discord.waitForMessage('alerts', (message) => message.text.includes(settled.name));
    const [first, ...others] = discord.messages('alerts').filter((message) => message.text.includes(group.name));
    expect(first?.content).toContain('resolved');
    expect(others).toEqual([]);
  });
});

describe('every captured body of a real Alertmanager', () => {
  const names = readdirSync(new URL('../fixtures/alertmanager/', import.meta.url))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace('.json', ''))
    .sort();

  test('is taken, and every group but the Watchdog is shown', async () => {
    const { discord } = homelab;
    const groups = new Set<string>();
    const alertnames = new Set<string>();
    for (const name of names) {
      const body = sample(name);
      expect({ name, status: (await post(homelab, body)).status }).toEqual({ name, status: 202 });
      const { receiver, groupKey, alerts } = JSON.parse(body);
      if (name.startsWith('watchdog')) continue;
      groups.add(`${receiver} ${groupKey}`);
      for (const alert of alerts) if (alert.labels.alertname !== 'Watchdog') alertnames.add(alert.labels.alertname);
    }
    const everything = () => [...discord.messages('alerts'), ...discord.messages('alerts-critical')];
    const all = () => everything().filter(({ replyTo }) => replyTo === null);
    await discord.waitFor(() => all().length >= groups.size, { timeoutMs: 15_000, what: `${groups.size} messages` });
    const whole = all()
      .map((message) => `${message.text}\n${message.files.map((file) => file.text()).join('\n')}`)
      .join('\n');
    for (const alertname of alertnames) expect(whole).toContain(alertname);
    expect(whole).not.toContain('Watchdog');
    expect(all()).toHaveLength(groups.size);
  });
});

describe('a route', () => {
  test('takes critical alerts to their channel and rings its role, once', async () => {
    const { discord } = homelab;
    const group = newGroup();
    const critical = { labels: { severity: 'critical', summary: 'x' } };
    await post(homelab, group.body([critical]));
    const message = await discord.waitForMessage('alerts-critical');
    expect(message.rang).toEqual([discord.roleId('operator')]);
    await post(homelab, group.body([critical, { labels: { severity: 'critical', pod: 'b' } }]));
    await discord.waitForMessage('alerts-critical', (one) => one.text.includes('2 firing'));
    // Rings of what other tests left open may come here yet.
    expect(discord.messages('alerts').filter(({ text }) => text.includes(group.name))).toEqual([]);
  });

  test('leaves the rest to the default channel; what is less than a warning makes no sound', async () => {
    const { discord } = homelab;
    await post(homelab, newGroup().body([{ labels: { severity: 'info' } }]));
    const message = await discord.waitForMessage('alerts');
    expect(message.silent).toBe(true);
  });
});

describe('nobody is mentioned', () => {
  test('whatever an alert holds', async () => {
    const { discord } = homelab;
    const role = discord.roleId('admin');
    const hostile = `@everyone @here <@&${role}> <@${discord.userId('ada')}> [x](https://a.b) \u202eabc`;
    await post(
      homelab,
      newGroup().body([{ labels: { alertname: hostile, pod: hostile }, annotations: { summary: hostile } }]),
    );
    const message = await discord.waitForMessage('alerts');
    expect(message.rang).toEqual([]);
    expect(message.text).not.toContain('\u202e');
  });
});

describe('more than fits', () => {
  test('300 alerts are counted, and the file holds all of them', async () => {
    const { discord } = homelab;
    const alerts = Array.from({ length: 300 }, (_, index) => ({ labels: { pod: `web-${index}` } }));
    await post(homelab, newGroup().body(alerts));
    const message = await discord.waitForMessage('alerts');
    expect(message.text).toContain('300 firing');
    expect(message.text).toMatch(/and \d+ more alerts/);
    const [file] = message.files;
    for (const index of [0, 150, 299]) expect(file?.text()).toContain(`pod: web-${index}\n`);
  });

  test('secrets in annotations are redacted, in the message and in the file', async () => {
    const { discord } = homelab;
    const secret = 'mysql://shop:hunter2hunter2@mysql.laravel-apps:3306/shop';
    const description = `cannot connect to ${secret} ${'x '.repeat(5000)}`;
    await post(homelab, newGroup().body([{ annotations: { description } }]));
    const message = await discord.waitForMessage('alerts');
    expect(`${message.text}${message.files.map((file) => file.text())}`).not.toContain('hunter2');
    expect(message.text).toContain('mysql.laravel-apps');
  });
});

describe('a message that somebody deleted', () => {
  test('is made anew while the alert fires, and not once it is over', async () => {
    const { discord } = homelab;
    const group = newGroup();
    await post(homelab, group.body());
    const first = await discord.waitForMessage('alerts');
    discord.deleteMessage(first);
    await post(homelab, group.body([{}, { labels: { pod: 'b' } }]));
    const second = await discord.waitForMessage('alerts', (message) => message.text.includes('2 firing'));
    expect(second.id).not.toBe(first.id);
    discord.deleteMessage(second);
    await post(homelab, group.body([{ status: 'resolved' }, { status: 'resolved', labels: { pod: 'b' } }]));
    const next = newGroup();
    await post(homelab, next.body());
    await discord.waitForMessage('alerts', (message) => message.text.includes(next.name));
    expect(discord.messages('alerts')).toHaveLength(1);
  });
});

describe('Grafana', () => {
  const cpu = (org: number) => ({
    fingerprint: `cpu of ${org}`,
    labels: { alertname: 'CPU high', instance: `web of organisation ${org}` },
  });
  const told = (orgId: number) => ({ version: '1', orgId, externalURL: 'https://grafana.example.org/' });

  test('may tell of two organisations by one name of a contact point, and each has its own messages', async () => {
    const { discord } = homelab;
    const group = newGroup();
    for (const org of [1, 2]) await post(homelab, group.body([cpu(org)], told(org)));
    const [first, second] = await Promise.all(
      [1, 2].map((org) => discord.waitForMessage('alerts', ({ text }) => text.includes(`organisation ${org}`))),
    );
    expect(first?.id).not.toBe(second?.id);
    await post(homelab, group.body([{ ...cpu(1), status: 'resolved' }], told(1)));
    const over = await discord.waitForMessage('alerts', ({ content }) => content.includes('resolved'));
    expect(over.id).toBe(first?.id);
    expect(discord.messages('alerts').filter(({ content }) => content.includes('firing'))).toHaveLength(1);
    expect(
      discord
        .messages('alerts')
        .map(({ text }) => text)
        .join('\n'),
    ).not.toContain('not in the last');
  });

  test('ends what was known before the organisation counted', async () => {
    const { discord } = homelab;
    const group = newGroup();
    const { orgId: _, ...before } = told(1);
    await post(homelab, group.body([cpu(1)], before));
    const card = await discord.waitForMessage('alerts', ({ text }) => text.includes('organisation 1'));
    await post(homelab, group.body([cpu(2)], told(2)));
    await discord.waitForMessage('alerts', ({ text }) => text.includes('organisation 2'));
    await post(homelab, group.body([{ ...cpu(1), status: 'resolved' }], told(1)));
    const over = await discord.waitForMessage('alerts', ({ content }) => content.includes('resolved'));
    expect(over.id).toBe(card.id);
    expect(discord.messages('alerts')).toHaveLength(2);
  });

  test('may test its contact point: that is shown, says that it was a test, and is over', async () => {
    const { discord } = homelab;
    const group = newGroup();
    await post(homelab, group.body([{}], { ...told(1), groupKey: 'test-57c6d9296de2ad39-1704924478' }));
    const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
    expect(card.content).toMatch(/^✅ resolved/);
    expect(card.text).toContain('A test of a contact point of Grafana');
    expect(card.buttons).toEqual([]);
  });
});
