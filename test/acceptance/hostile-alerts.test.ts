// What people see of alerts that no rule should write: each is shown safely, and the bot goes on.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import type { AlertInput } from '../unit/alerts/notifications.ts';
import { generous, newGroup, post } from './posting.ts';
import { complaints, wronglyAsked } from './seen.ts';

const hour = 3_600_000;

let homelab: Homelab;

beforeAll(async () => {
  homelab = await startHomelab({ discord: { rateLimits: generous } });
});

afterAll(() => homelab.stop());

afterEach(() => {
  const wrong = wronglyAsked(homelab.discord);
  homelab.discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
  expect(complaints(homelab.bot.output())).toEqual([]);
});

/** The card of a group of this alert alone; its receiver's name, at the foot of the card, tells it from others. */
async function cardOf(alert: AlertInput, more: Record<string, unknown> = {}) {
  const group = newGroup();
  return shown(group.body([alert], { receiver: group.name, ...more }), group.name);
}

async function shown(body: unknown, receiver: string) {
  expect((await post(homelab, body)).status).toBe(202);
  return homelab.discord.waitForMessage('alerts', ({ text }) => text.includes(`receiver ${receiver} `));
}

function at(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

describe('a text that is too long', () => {
  test('of an alert name of 4,000 characters leaves room for what is wrong, and is whole in the file', async () => {
    const alertname = `Disk${'x'.repeat(3996)}`;
    const card = await cardOf({ labels: { alertname }, annotations: { summary: 'The disk is full' } });
    expect(card.content).toMatch(/^🟠 warning firing: Diskx+…: The disk is full$/);
    expect(card.files.map((file) => file.text()).join('')).toContain(alertname);
  });

  test.each(['severity', 'node'])('of a label %s does so too', async (name) => {
    const card = await cardOf({ labels: { [name]: 'y'.repeat(4000) }, annotations: { summary: 'The disk is full' } });
    expect(card.content).toContain('firing: Test');
    expect(card.content).toContain('The disk is full');
  });

  test('of thousands of labels is counted, and whole in the file', async () => {
    const labels = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`label_${index}`, `value ${index}`]));
    const card = await cardOf({ labels: { ...labels, pod: 'web-1' } });
    expect(card.text).toContain('pod `web-1`');
    expect(card.text).toMatch(/and 49\d\d more labels/);
    expect(card.files[0]?.text()).toContain('label_4999: value 4999');
  });
});

describe('labels and annotations', () => {
  test('with line breaks, and with what cannot be seen or is no text, stay in their line', async () => {
    const alertname = 'Disk\nfull\r\n# now\u2028really';
    const pod = 'web\u200b-\u202e1\u0000\ud83d';
    const card = await cardOf({
      labels: { alertname, pod },
      annotations: { summary: 'one\n\n> two', description: '' },
    });
    expect(card.content).toMatch(/^🟠 warning firing: Disk full # now really: one /);
    expect(card.content).not.toMatch(/[\n\u2028\u200b\u202e]/);
    expect(card.text).toContain('pod `web-1');
    expect(card.text.isWellFormed()).toBe(true);
    expect(card.text).not.toMatch(/^(?:#|>) /m);
  });

  test('with secrets show them in no part of the card, its files and its rings', async () => {
    const { discord } = homelab;
    const secret = 'hunter2hunter2';
    const annotations = {
      summary: `no connection to mysql://shop:${secret}@mysql.laravel-apps:3306/shop`,
      description: `password=${secret} ${'word '.repeat(2000)}`,
      runbook_url: `https://ops:${secret}@wiki.example.com/mysql`,
    };
    const group = newGroup();
    const warning = { fingerprint: 'w', labels: { pod: 'a' }, annotations };
    await post(homelab, group.body([warning]));
    const card = await discord.waitForMessage('alerts');
    const worse = { fingerprint: 'c', labels: { severity: 'critical' }, annotations };
    await post(homelab, group.body([warning, worse]));
    const ring = await discord.waitForMessage('alerts', ({ replyTo }) => replyTo === card.id);
    expect(ring.content).toContain('mysql.laravel-apps');
    const all = discord
      .messages('alerts')
      .map((one) => `${one.text}${JSON.stringify(one.buttons)}${one.files.map((file) => file.text())}`);
    expect(all.join('')).not.toContain('hunter2');
    expect(homelab.bot.output()).not.toContain('hunter2');
  });
});

test('a secret in a label that is called so, or where a name or the log is cut, is shown nowhere', async () => {
  const secret = 'hunter2hunter2';
  const url = `mysql://shop:${secret}@mysql.laravel-apps:3306/shop`;
  const alertname = `${'N'.repeat(50)} ${url} ${'x'.repeat(300)}`;
  const card = await cardOf(
    { labels: { alertname, db_password: secret, node: `${'n'.repeat(15)} ${url}` } },
    { groupKey: `${'k'.repeat(280)} ${url}` },
  );
  expect(card.text).toContain('[redacted]');
  expect(`${card.text}${card.files.map((file) => file.text())}`).not.toContain('hunter2');
  const named = await homelab.discord.as('otto').complete('silence', 'alert', 'NNNN');
  expect(named).toHaveLength(1);
  expect(JSON.stringify(named)).not.toContain('hunter2');
  expect(homelab.bot.output()).not.toContain('hunter2');
});

describe('times', () => {
  test.each([
    ['in the future', at(24 * hour)],
    ['zero', '0001-01-01T00:00:00Z'],
  ])('a start that is %s is not shown as one', async (_, startsAt) => {
    const card = await cardOf({ startsAt });
    expect(card.text).toMatch(/\*\*Test\d+\*\* warning · firing\n/);
    expect(card.text).not.toContain('<t:');
  });

  test('an end of an alert that began at zero has no length', async () => {
    const card = await cardOf({ startsAt: '0001-01-01T00:00:00Z', status: 'resolved', endsAt: at(0) });
    expect(card.content).toContain('resolved');
    expect(card.text).not.toMatch(/began|From/);
  });

  test('an end before the start is no end: that it was told is', async () => {
    const card = await cardOf({ startsAt: at(-hour), status: 'resolved', endsAt: at(-2 * hour) });
    expect(card.content).toContain('resolved');
    expect(card.text).toMatch(/From <t:\d+:f> until <t:\d+:f>: 1h/);
  });

  test('nor is an end in the future', async () => {
    const card = await cardOf({ startsAt: at(-hour), status: 'resolved', endsAt: at(hour) });
    expect(card.content).toContain('resolved');
    expect(card.text).toMatch(/From <t:\d+:f> until <t:\d+:f>: 1h/);
  });
});

describe('addresses', () => {
  test.each([
    ['javascript:', 'javascript:alert(1)'],
    ['data:', 'data:text/html,<script>alert(1)</script>'],
    ['no address at all', 'see the wiki, page 3'],
    ['a host without a dot', 'http://wiki/mysql'],
  ])('of %s are text, and no link', async (_, url) => {
    const card = await cardOf(
      { annotations: { summary: 's', runbook_url: url, dashboard_url: url } },
      { externalURL: url },
    );
    expect(card.buttons.map(({ label }) => label)).not.toContain('Runbook');
    expect(card.text).not.toContain(`](${url.slice(0, 8)}`);
    expect(card.text).toContain('Runbook (');
    expect(card.text).toContain('**Dashboard** open (');
    expect(card.text).toContain('**Alertmanager** open (');
  });

  test('with credentials are no links, and show none', async () => {
    const url = 'https://admin:hunter2hunter2@am.example.com/x';
    const card = await cardOf({ annotations: { summary: 's', runbook_url: url } }, { externalURL: url });
    expect(card.buttons.map(({ label }) => label)).not.toContain('Runbook');
    expect(card.text).toContain('am.example.com');
    expect(card.text).not.toContain('hunter2');
  });

  test("of an expression, long as Prometheus' are, can be followed", async () => {
    const group = newGroup();
    const generatorURL = `http://prometheus.monitoring:9090/graph?g0.expr=${'sum%28up%29+%2B+'.repeat(35)}1&g0.tab=1`;
    const card = await shown(withUrls(group.body([{}], { receiver: group.name }), { generatorURL }), group.name);
    expect(card.text).toContain(`[open in Prometheus](${generatorURL})`);
  });

  test("of Grafana's rule and panel are named as such", async () => {
    const group = newGroup();
    const generatorURL = 'https://grafana.example.com/alerting/grafana/abc/view';
    const panelURL = 'https://grafana.example.com/d/xyz?viewPanel=2';
    const externalURL = 'https://grafana.example.com/';
    const body = group.body([{}], { receiver: group.name, version: '1', externalURL });
    const card = await shown(withUrls(body, { generatorURL, panelURL }), group.name);
    expect(card.text).toContain(`**Grafana** [open](${externalURL})`);
    expect(card.text).toContain(`**Rule** [open](${generatorURL})`);
    expect(card.text).toContain(`**Dashboard** [open](${panelURL})`);
  });
});

/** The body whose alerts have these addresses, too. */
function withUrls(body: unknown, urls: Record<string, string>): unknown {
  return JSON.parse(JSON.stringify(body), (key, value) =>
    key === 'alerts' ? value.map((alert: object) => ({ ...alert, ...urls })) : value,
  );
}
