// What the bot's HTTP side answers to whoever should not be there, or sends what it should not, and that alerts go on.
// Limits of time have their tests in test/contract/http.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { generous, newGroup, post, sample } from './posting.ts';
import { complaints, logLines, wronglyAsked } from './seen.ts';

const mebibyte = 2 ** 20;

let homelab: Homelab;

beforeAll(async () => {
  homelab = await startHomelab({ discord: { rateLimits: generous } });
});

afterAll(() => homelab.stop());

afterEach(() => {
  expect(wronglyAsked(homelab.discord)).toEqual([]);
});

/** Sends bytes as they are, all of them before it reads; a header that is undefined is left out. */
function send(
  body: string | Buffer,
  headers: Record<string, string | undefined> = {},
  path = '/webhooks/alertmanager',
): Promise<{ status: number; text: string }> {
  const all = {
    authorization: `Bearer ${homelab.webhookToken}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Promise((resolve, reject) => {
    const sending = request(`${homelab.bot.url}${path}`, { method: 'POST', headers: Object.fromEntries(given) });
    let answered = false;
    sending.once('response', (response) => {
      answered = true;
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('close', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    // An answer may come, and the connection end, before all of a large body is sent.
    sending.on('error', (error) => !answered && reject(error));
    sending.end(body);
  });
}

/** An alert that is taken now is shown, and nothing else is. */
async function alertsGoOn(): Promise<void> {
  const { discord } = homelab;
  const before = discord.messages('alerts').length;
  const group = newGroup();
  expect((await post(homelab, group.body())).status).toBe(202);
  await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name), { timeoutMs: 15_000 });
  expect(discord.messages('alerts')).toHaveLength(before + 1);
}

const good = JSON.stringify(newGroup().body());

describe('is refused, and shown nowhere', () => {
  test.each([
    ['without a token', { authorization: undefined }],
    ['with a wrong token', { authorization: 'Bearer the-sandbox-token-that-opens-nothing-elsf' }],
    ['with a part of the token', { authorization: 'Bearer the-sandbox-token' }],
    ['with the token under another scheme', { authorization: 'Basic the-sandbox-token-that-opens-nothing-else' }],
    ['with a very long token', { authorization: `Bearer ${'x'.repeat(8000)}` }],
  ])('a webhook %s: 401', async (_what, headers) => {
    expect(await send(good, headers)).toMatchObject({ status: 401 });
    await alertsGoOn();
  });

  test('a webhook of 4 MiB and a byte without a token: 401, before its size is looked at', async () => {
    expect(await send(Buffer.alloc(4 * mebibyte + 1, 0x20), { authorization: undefined })).toMatchObject({
      status: 401,
    });
  });

  test.each([
    ['nothing', '', /the body is empty/],
    ['no JSON', '{"version":', /not valid JSON/],
    ['JSON that is no object', '[1,2,3]', /not an Alertmanager notification/],
    ['a version of the future', good.replace('"version":"4"', '"version":"5"'), /version: must be "4"/],
    ['an alert without a fingerprint', good.replace('"fingerprint"', '"finger"'), /fingerprint/],
    ['a time that is none', good.replace(/"startsAt":"[^"]+"/, '"startsAt":"yesterday"'), /startsAt/],
    ['100,000 nested arrays', '['.repeat(100_000), /nests deeper than 32 levels/],
    ['100,000 nested objects', '{"a":'.repeat(100_000), /nests deeper than 32 levels/],
    ['a million values', `[${'0,'.repeat(1_000_000)}0]`, /holds more than \d+ values/],
  ])('a body with %s: 400 with the reason', async (_what, body, reason) => {
    const { status, text } = await send(body);
    expect(status).toBe(400);
    expect(JSON.parse(text).error).toMatch(reason);
    await alertsGoOn();
  });

  test.each([
    ['announced', {}],
    ['not announced', { 'content-length': undefined, 'transfer-encoding': 'chunked' }],
  ])('a body over 4 MiB, its length %s: 413', async (_what, headers) => {
    expect(await send(Buffer.alloc(4 * mebibyte + 1, 0x20), headers)).toMatchObject({ status: 413 });
    await alertsGoOn();
  });

  test.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no type', { 'content-type': undefined }],
    ['compressed', { 'content-encoding': 'gzip' }],
  ])('a body that is %s: 415', async (_what, headers) => {
    expect(await send(good, headers)).toMatchObject({ status: 415 });
  });

  test.each([
    '/',
    '/webhooks',
    '/webhooks/alertmanager/',
    '/webhooks/image',
    '/WEBHOOKS/ALERTMANAGER',
    '/../etc/passwd',
  ])('a webhook to %s: 404', async (path) => {
    expect(await send(good, {}, path)).toMatchObject({ status: 404 });
  });

  test.each(['http://[', '*', '/#', 'http://bot.example/'])(
    'the target %s: 404, and nothing but log lines',
    async (path) => {
      const status = await new Promise((resolve, reject) => {
        const sending = request(homelab.bot.url, { path });
        sending.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
        sending.end();
      });
      expect(status).toBe(404);
      expect(() => logLines(homelab.bot.output())).not.toThrow();
    },
  );

  test('another method: 405', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(`${homelab.bot.url}/webhooks/alertmanager`, { method });
      expect(response.status).toBe(405);
    }
  });

  test('no refusal asks for a person or repeats what was sent', async () => {
    await send('{"version":"hunter2hunter2', { authorization: 'Bearer hunter2hunter2' });
    await send('{"version":"hunter2hunter2"}');
    const output = homelab.bot.output();
    expect(output).not.toContain('hunter2');
    expect(complaints(output).filter(({ level }) => level !== 'warn')).toEqual([]);
  });
});

describe('is taken', () => {
  test("Grafana's notification of the same shape, and fields that nobody knows yet", async () => {
    const group = newGroup();
    const body = { ...(group.body() as object), version: '1', orgId: 1, title: '[FIRING:1]', state: 'alerting' };
    expect((await post(homelab, body)).status).toBe(202);
    await homelab.discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  });

  test('a notification with names that JavaScript knows, and with halves of characters', async () => {
    const group = newGroup();
    const labels = '"__proto__":"polluted","constructor":"c","toString":"t","pod":"\\ud83d"';
    const text = JSON.stringify(group.body()).replace('"labels":{', `"labels":{${labels},`);
    expect(await send(text)).toMatchObject({ status: 202 });
    const message = await homelab.discord.waitForMessage('alerts', (one) => one.text.includes(group.name));
    expect(message.text.isWellFormed()).toBe(true);
    await alertsGoOn();
  });
});

describe('health and metrics', () => {
  test('are there for everyone, and tell no secret', async () => {
    const get = async (path: string) => {
      const response = await fetch(`${homelab.bot.url}${path}`);
      return { status: response.status, text: await response.text() };
    };
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    const ready = await get('/readyz');
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toEqual({ status: 'ready', store: 'open', discord: 'ready', cluster: 'ready' });
    await (await homelab.discord.as('vera').command('nodes')).final();
    const metrics = await get('/metrics');
    expect(metrics.status).toBe(200);
    expect(metrics.text).toMatch(/^homelab_bot_/m);
    expect(metrics.text.match(/^(?!#|homelab_bot_|\s*$).*/gm)).toBeNull();
    for (const secret of [homelab.webhookToken, homelab.discord.token, 'vera', 'Test1'])
      expect(metrics.text).not.toContain(secret);
  });
});

describe('many large bodies', () => {
  let watching: NodeJS.Timeout | undefined;
  afterEach(() => clearInterval(watching));

  /** Resident memory that is not of files, in bytes. */
  function memory(): number {
    const status = readFileSync(`/proc/${homelab.bot.pid}/status`, 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Alerts as kube-prometheus-stack sends them, 3 MiB of them. */
  function largeNotification(): string {
    const body = JSON.parse(sample('all-67-firing'));
    const alerts: unknown[] = [];
    for (let size = 0, index = 0; size < 2.9 * mebibyte; index += 1) {
      const alert = { ...body.alerts[index % body.alerts.length], fingerprint: `large-${index}` };
      size += JSON.stringify(alert).length + 1;
      alerts.push(alert);
    }
    return JSON.stringify({ ...body, groupKey: '{}:{large="yes"}', alerts });
  }

  /** As many alerts as 3 MiB hold. */
  function tinyAlerts(group: string): string {
    const alerts = Array.from({ length: 26_000 }, (_, index) => ({
      status: 'firing',
      labels: { alertname: 'T', i: String(index) },
      startsAt: '2026-01-31T03:00:00Z',
      fingerprint: index.toString(16),
    }));
    return JSON.stringify({ version: '4', groupKey: group, status: 'firing', receiver: 'r', alerts });
  }

  const shapes: [string, () => string[]][] = [
    ['of thousands of alerts as kube-prometheus-stack sends them', () => [largeNotification()]],
    [
      'of as many tiny alerts as they hold, in 12 groups',
      () => Array.from({ length: 12 }, (_, i) => tinyAlerts(`g${i}`)),
    ],
  ];

  const canSeeMemory = process.platform === 'linux';
  if (!canSeeMemory)
    console.log('Not tested here: memory under 200 bodies of 3 MiB at once, which needs /proc of Linux');

  (canSeeMemory ? test : test.skip).each(shapes)(
    '200 of 3 MiB at once, %s, are never all held in memory (Linux only); each is answered, and webhooks and commands go on',
    async (_what, bodiesOf) => {
      const { discord } = homelab;
      await alertsGoOn();
      const shown = discord.messages('alerts').length;
      const idle = memory();
      let most = idle;
      watching = setInterval(() => {
        most = Math.max(most, memory());
      }, 10);
      const bodies = bodiesOf().map((text) => Buffer.from(text));
      expect(bodies[0]?.length).toBeGreaterThan(2.8 * mebibyte);
      const posted = Promise.all(
        Array.from({ length: 200 }, async (_, index) => (await send(bodies[index % bodies.length] ?? '')).status),
      );
      // Discord drops what is not acknowledged within three seconds.
      const asked = await (await discord.as('vera').command('whoami')).final();
      const answers = await posted;
      await discord.waitFor(
        () =>
          discord
            .messages('alerts')
            .slice(shown)
            .some(({ files }) => files.some((file) => file.size > mebibyte)),
        { timeoutMs: 30_000, what: 'a card with a large file' },
      );
      expect(asked.text).toContain('viewer');
      // On a busy machine a body may also take too long.
      expect(answers.filter((status) => ![202, 408, 503].includes(status))).toEqual([]);
      expect(answers).toContain(202);
      // Some 600 MB were posted; `npm run bench -- memory` tells how little of it was held on a quiet machine.
      expect((most - idle) / 1e6).toBeLessThan(150);
    },
    120_000,
  );
});
