// How the doctor goes about it: all at once, told in order, never longer than its limit, and it ends when it is told to.
import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../../src/config/config.ts';
import { type Examination, examine, type Outside, verdict } from '../../../src/doctor/doctor.ts';
import { fail, type Line, ok, skip, warn } from '../../../src/doctor/line.ts';
import { known, notAsked } from '../../../src/lib/asked.ts';
import { Secret } from '../../../src/lib/secret.ts';

const app = {
  name: 'shop',
  namespace: 'shop',
  deployment: 'web',
  container: 'app',
  image: 'ghcr.io/acme/shop',
  path: 'apps/shop',
  source: null,
  deployers: [],
  rolloutTimeoutMs: 1,
  autoRollback: true,
};

const config: Config = {
  discord: { token: new Secret('t'), guildId: '1', alertChannelId: '10', auditChannelId: null, apiUrl: 'http://d/api' },
  alertmanager: { webhookToken: new Secret('w'), api: null },
  kubernetes: { kind: 'none' },
  repository: null,
  registry: {},
  apps: [app],
  database: { path: '/data/bot.db' },
  http: { host: '0.0.0.0', port: 8080 },
  log: { level: 'info' },
  access: { viewer: [], operator: [], admin: [] },
  alerts: { routes: [], watchdog: { alertname: 'Watchdog', afterMs: 1, armed: false }, keepMs: 1 },
  audit: { keepMs: 1 },
  timezone: 'UTC',
  file: 'config.yaml',
  secrets: [],
};

const away = { kind: 'away', why: 'nobody is there' } as const;

const outside: Outside = {
  discord: async () => ({
    self: away,
    gateway: notAsked,
    interactionsUrl: notAsked,
    guild: notAsked,
    channels: new Map(),
    commands: notAsked,
  }),
  cluster: async () => null,
  alertmanager: async () => null,
  programs: async () => ({ kubectl: known('v1.35.2'), git: null, ssh: null }),
  repository: async () => null,
  tags: async () => known(['a']),
  disk: async () => ({
    path: '/data/bot.db',
    size: null,
    folder: known({ path: '/data', isThere: true, writable: true }),
    network: known(null),
    freeBytes: known(2 ** 40),
    lock: known('free'),
  }),
  port: async () => ({ kind: 'free' }),
};

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

function begin(some: Partial<Outside>, more: Partial<Examination> = {}) {
  const printed: Line[] = [];
  const interrupt = new AbortController();
  const done = examine(
    {
      config,
      warnings: [],
      channels: [],
      needs: { viewer: [], operator: [], admin: [] },
      outside: { ...outside, ...some },
      limitMs: 60_000,
      print: (line) => printed.push(line),
      ...more,
    },
    interrupt.signal,
  );
  return { printed, interrupt, done };
}

const order = [
  /^configuration/,
  /^Discord/,
  /^Kubernetes/,
  /^Alertmanager/,
  /^program/,
  /^manifest repository/,
  /^app shop/,
  /^database/,
  /^HTTP port/,
];
const placeOf = ({ what }: Line): number => order.findIndex((pattern) => pattern.test(what));

test('what is known first is told in its turn', async () => {
  const discord = Promise.withResolvers<void>();
  const asked: string[] = [];
  const { printed, done } = begin({
    async discord(...given) {
      await discord.promise;
      return outside.discord(...given);
    },
    async port(...given) {
      asked.push('port');
      return outside.port(...given);
    },
  });
  // All are asked at once, though nothing after Discord can be told yet.
  expect(asked).toEqual(['port']);
  discord.resolve();
  const lines = await done;
  expect(printed).toEqual(lines);
  const places = lines.map(placeOf);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(new Set(places)).toEqual(new Set(order.keys()));
});

test('the warnings of the configuration are told first', async () => {
  const lines = await begin({}, { warnings: ['access gives no role any level'] }).done;
  expect(lines.slice(0, 2)).toEqual([
    ok('configuration', 'environment and config.yaml'),
    warn('configuration', 'access gives no role any level'),
  ]);
});

test('what is not done within the limit fails; all else is told all the same', async () => {
  const { done } = begin(
    { cluster: (_needs, _apps, signal) => never(signal), tags: (_image, signal) => never(signal) },
    { limitMs: 20 },
  );
  const lines = await done;
  const remedy = 'something answers too slowly: run the doctor again';
  expect(lines).toEqual(
    expect.arrayContaining([
      fail('Kubernetes', 'was not done within 0.02 s', remedy),
      fail('app shop Deployment', 'was not done within 0.02 s', remedy),
      fail('app shop image', 'was not done within 0.02 s', remedy),
      expect.objectContaining({ state: 'ok', what: 'program kubectl' }),
      expect.objectContaining({ state: 'ok', what: 'HTTP port' }),
    ]),
  );
});

test('a defect in one part is told as one, and hides no other', async () => {
  const lines = await begin({ disk: async () => Promise.reject(new Error('cannot read x of undefined')) }).done;
  expect(lines.find(({ what }) => what === 'database')).toMatchObject({
    state: 'FAIL',
    found: 'could not be checked (cannot read x of undefined)',
    remedy: expect.stringContaining('report it'),
  });
  expect(lines.at(-1)).toMatchObject({ what: 'HTTP port', state: 'ok' });
});

describe('an interruption', () => {
  test('ends it once every part has tidied up', async () => {
    const tidied: string[] = [];
    const { printed, interrupt, done } = begin({
      async repository(_apps, signal) {
        await never(signal).catch(() => undefined);
        await new Promise((resolve) => setImmediate(resolve));
        tidied.push('folder');
        return null;
      },
    });
    interrupt.abort(new Error('Interrupted'));
    await expect(done).rejects.toThrow('Interrupted');
    expect(tidied).toEqual(['folder']);
    expect(printed.map(({ what }) => what)).not.toContain('HTTP port');
  });
});

test.each<[readonly Line[], string, boolean]>([
  [[ok('a', ''), warn('b', ''), skip('c', '')], '3 checks: 1 ok, 1 warn, 1 skip', true],
  [[ok('a', ''), fail('b', '', '')], '2 checks: 1 ok, 1 FAIL', false],
])('only a failure makes it ill', (lines, text, healthy) => {
  expect(verdict(lines)).toEqual({ text, healthy });
});
