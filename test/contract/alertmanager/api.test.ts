// The sandbox's API as the real one is, and the bot's room for it: whatever goes wrong has a name.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AlertmanagerOptions, startAlertmanager } from '../../../sandbox/alertmanager/alertmanager.ts';
import type { Alertmanager, Answer } from '../../../src/alertmanager/alertmanager.ts';
import { openAlertmanager } from '../../../src/alertmanager/open.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { describeApi } from './api-suite.ts';

type Sandbox = Awaited<ReturnType<typeof startAlertmanager>>;

const { signal } = new AbortController();
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await start();
});

afterEach(() => sandbox.stop());

function start(more: Partial<AlertmanagerOptions> = {}): Promise<Sandbox> {
  return startAlertmanager({ token: 'secret', groupWaitMs: 1, groupIntervalMs: 100, ...more });
}

function open(more: Partial<Parameters<typeof openAlertmanager>[0]> = {}): Alertmanager {
  return openAlertmanager({ url: sandbox.api.url, timeoutMs: 300, ...more });
}

describeApi('the sandbox', async () => {
  const one = await start();
  return {
    url: one.api.url,
    fire: async (labels, annotations, startsAt) => one.fire(labels, annotations, { startsAt }),
    resolve: async (labels) => one.resolve(labels),
    stop: () => one.stop(),
  };
});

test('a path before the API is kept', async () => {
  const prefixed = await start({ routePrefix: '/ops/alertmanager' });
  expect(prefixed.api.url).toMatch(/\/ops\/alertmanager$/);
  expect(await openAlertmanager({ url: prefixed.api.url }).alerts(signal)).toEqual({ kind: 'answered', value: [] });
  const without = openAlertmanager({ url: prefixed.api.url.replace('/ops/alertmanager', '') });
  expect(await without.alerts(signal)).toEqual({ kind: 'not understood', reason: 'status 404' });
  await prefixed.stop();
});

test('credentials are sent as such, and stand in no answer', async () => {
  const api = open({ credentials: new Secret('bot:p@ss-w0rd') });
  sandbox.api.fail({ status: 401, body: 'bot:p@ss-w0rd is not welcome' });
  const answer = await api.status(signal);
  expect(answer).toEqual({ kind: 'refused', reason: 'status 401' });
  expect(sandbox.api.requests.at(-1)?.authorization).toBe(`Basic ${Buffer.from('bot:p@ss-w0rd').toString('base64')}`);
});

describe('what goes wrong has a name', () => {
  const faults: [string, (sandbox: Sandbox) => unknown, Partial<Answer<unknown>>][] = [
    ['nothing listens', (one) => one.api.away(), { kind: 'away', reason: 'connection refused' }],
    ['it cannot now', (one) => one.api.fail({ status: 503 }), { kind: 'away', reason: 'status 503' }],
    ['it never answers', (one) => one.api.fail('hang'), { kind: 'slow', reason: 'no whole answer within 0.3 s' }],
    ['it is too slow', (one) => one.api.fail({ delayMs: 5000 }), { kind: 'slow' }],
    ['it wants credentials', (one) => one.api.fail({ status: 403 }), { kind: 'refused', reason: 'status 403' }],
    [
      'it leads elsewhere',
      (one) => one.api.fail({ status: 302 }),
      { kind: 'not understood', reason: 'status 302, a redirect' },
    ],
    [
      'it is a page',
      (one) => one.api.fail({ status: 200, body: '<html>' }),
      { kind: 'not understood', reason: 'no JSON' },
    ],
    [
      'it is API v1',
      (one) => one.api.fail({ status: 200, body: '{"status":"success","data":[]}' }),
      { kind: 'not understood', reason: 'not in the form of API v2' },
    ],
    [
      'one alert of many is odd',
      (one) => one.api.fail({ status: 200, body: '[{"fingerprint":"a","labels":{"a":1}}]' }),
      { kind: 'not understood', reason: 'not in the form of API v2 at 0.labels' },
    ],
    [
      'there are too many',
      (one) => one.api.fail({ status: 200, body: JSON.stringify(Array.from({ length: 10_001 }, () => ({}))) }),
      { kind: 'too large', reason: 'more than 10000 entries' },
    ],
    ['it is cut', (one) => one.api.fail({ status: 200, body: '[{"fingerprint":"a"' }), { kind: 'not understood' }],
  ];

  test.each(faults)('%s', async (_what, go, outcome) => {
    await go(sandbox);
    expect(await open().alerts(signal)).toMatchObject(outcome);
  });

  test('it never ends', async () => {
    sandbox.api.fail('endless');
    expect(await open({ timeoutMs: 20_000 }).alerts(signal)).toEqual({ kind: 'too large', reason: 'more than 8 MiB' });
  });
});

describe('a silence that is asked for while something is wrong', () => {
  const made = {
    matchers: [{ name: 'pod', value: 'a', isEqual: true, isRegex: false }],
    startsAt: new Date(),
    endsAt: new Date(Date.now() + 60_000),
    createdBy: 'ops',
    comment: '',
  };

  test('may have been made where no answer came, and is then found in the list', async () => {
    sandbox.api.fail('acts and hangs');
    expect(await open().addSilence(made, signal)).toMatchObject({ kind: 'slow' });
    sandbox.api.fail(null);
    expect(await open().silences(signal)).toMatchObject({ kind: 'answered', value: [{ state: 'active' }] });
  });

  test.each([
    ['with another form', { status: 200, body: '{"silenceId":"a"}' }, { kind: 'not understood' }],
    ['with nothing', { status: 200, body: '' }, { kind: 'not understood' }],
    ['that it cannot now', { status: 503 }, { kind: 'away' }],
    ['that this path is none', { status: 404 }, { kind: 'not understood', reason: 'status 404' }],
    ['with a page', { status: 400, body: '<html>no</html>' }, { kind: 'not understood', reason: 'status 400' }],
    ['with an object', { status: 400, body: '{"message":{}}' }, { kind: 'not understood', reason: 'status 400' }],
    [
      'at length',
      { status: 422, body: JSON.stringify('x'.repeat(3000)) },
      { reason: `status 422: ${'x'.repeat(299)}…` },
    ],
    ['without end', { status: 400, body: `"${'x'.repeat(100_000)}"` }, { reason: 'status 400' }],
  ])('is answered %s', async (_how, fault, outcome) => {
    sandbox.api.fail(fault);
    expect(await open().addSilence(made, signal)).toMatchObject(outcome);
  });

  test('is not ended either, and that is said', async () => {
    sandbox.api.fail({ status: 500 });
    expect(await open().expireSilence('11111111-1111-4111-8111-111111111111', signal)).toMatchObject({ kind: 'away' });
  });

  test('is not taken for ended where something before Alertmanager finds nothing at all', async () => {
    const id = sandbox.silences.add({ pod: 'web-1' });
    sandbox.api.fail({ status: 404, body: '404 page not found\n' });
    const wrong = { kind: 'not understood', reason: 'status 404' };
    expect(await open().expireSilence(id, signal)).toEqual(wrong);
    expect(await open().silence(id, signal)).toEqual(wrong);
    sandbox.api.fail({ status: 404, path: /silence/ });
    expect(await open().expireSilence(id, signal)).toEqual({ kind: 'answered', value: false });
  });
});

test('ten thousand silences are read', async () => {
  for (let count = 0; count < 10_001; count += 1) sandbox.silences.add({ pod: `web-${count}` });
  const answer = await open({ timeoutMs: 20_000 }).silences(signal);
  expect(answer.kind === 'answered' && answer.value).toHaveLength(10_001);
});

test('a silence of a version that knows no inequality, with texts of any length, is read', async () => {
  const silence = {
    id: 'a',
    status: { state: 'active' },
    matchers: [{ name: 'pod', value: 'web', isRegex: false }],
    comment: 'x'.repeat(100_000),
    startsAt: '2026-11-23T20:00:00.000Z',
    endsAt: '2026-11-23T21:00:00.000Z',
  };
  sandbox.api.fail({ status: 200, body: JSON.stringify([silence]) });
  const answer = await open().silences(signal);
  expect(answer).toMatchObject({ kind: 'answered', value: [{ createdBy: '', matchers: [{ isEqual: true }] }] });
  expect(answer.kind === 'answered' && answer.value[0]?.comment).toHaveLength(500);
});

test('whoever asked may leave: that alone rejects', async () => {
  sandbox.api.fail('hang');
  const leaving = new AbortController();
  const asked = open({ timeoutMs: 60_000 }).alerts(leaving.signal);
  leaving.abort(new Error('left'));
  await expect(asked).rejects.toThrow('left');
});

test('lists that 0.25 does not have, or writes as null, are empty', async () => {
  const alert = {
    fingerprint: 'a',
    labels: { alertname: 'Down' },
    annotations: {},
    startsAt: '2026-11-23T20:00:00.000Z',
    receivers: [{ name: 'discord' }],
    status: { state: 'active', silencedBy: null, inhibitedBy: [] },
  };
  sandbox.api.fail({ status: 200, body: JSON.stringify([alert]) });
  expect(await open().alerts(signal)).toMatchObject({
    kind: 'answered',
    value: [{ generatorURL: '', silencedBy: [], inhibitedBy: [], mutedBy: [] }],
  });
});

test('an alert that is silenced is in no notification until the silence ends', async () => {
  const bodies: string[][] = [];
  const told = await start({
    onAttempt: ({ body }) =>
      void bodies.push(JSON.parse(body).alerts.map((one: { labels: { pod: string } }) => one.labels.pod)),
  });
  told.sendTo('http://127.0.0.1:9/');
  const [a, b] = ['a', 'b'].map((pod) => ({ alertname: 'Down', pod }));
  if (a === undefined || b === undefined) throw new Error('two');
  const id = told.silences.add({ pod: 'b' });
  told.fire(a, {});
  told.fire(b, {});
  await told.settled();
  expect(bodies.flat()).not.toContain('b');
  told.silences.expire(id);
  const deadline = Date.now() + 5000;
  while (!bodies.flat().includes('b') && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(bodies.flat()).toContain('b');
  await told.stop();
});
