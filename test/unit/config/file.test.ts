import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/read-config.ts';
import { configOf, file, folder, problemsOf, required } from './files.ts';

describe('the configuration file', () => {
  test('may be absent at its default path', () => {
    const result = readConfig(required);
    expect(result.ok && result.config.file).toBe(null);
  });

  test('must be there when CONFIG_FILE names it', () => {
    expect(readConfig({ ...required, CONFIG_FILE: join(folder, 'missing.yaml') })).toEqual({
      ok: false,
      problems: [{ where: 'CONFIG_FILE', what: 'names a file that does not exist' }],
    });
  });

  test('must not be a folder', () => {
    expect(readConfig({ ...required, CONFIG_FILE: folder })).toMatchObject({
      problems: [{ where: 'CONFIG_FILE', what: 'names a file that is a directory, not a file' }],
    });
  });

  test.each(['', '\n', '# only a remark\n', '---\n', '{}', '\uFEFFtimezone: UTC\n'])('may say nothing (%j)', (yaml) => {
    expect(configOf(yaml).config.access).toEqual({ viewer: [], operator: [], admin: [] });
  });

  test('gives all that the contract shows for this part', () => {
    const { config, warnings } = configOf(`
access:
  viewer:   ["112233445566778801"]
  operator: ["112233445566778802"]
  admin:    ["112233445566778803"]
alerts:
  routes:
    - match: { severity: critical, namespace: /^prod-/i, "k8s.io/app name": x }
      channel: "112233445566778811"
      mention: ["112233445566778803"]
      ring: true
      ringOnResolve: true
      escalate: { after: 15m, mention: ["112233445566778804"] }
  watchdog: { alertname: DeadMansSwitch, after: 1h30m }
  keep: 7d
audit: { keep: 90d }
timezone: Europe/Berlin
`);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      access: { viewer: ['112233445566778801'], operator: ['112233445566778802'], admin: ['112233445566778803'] },
      alerts: {
        routes: [
          {
            match: { severity: 'critical', namespace: /^prod-/iu, 'k8s.io/app name': 'x' },
            channel: '112233445566778811',
            mention: ['112233445566778803'],
            ring: true,
            ringOnResolve: true,
            escalate: { afterMs: 900_000, mention: ['112233445566778804'] },
          },
        ],
        watchdog: { alertname: 'DeadMansSwitch', afterMs: 5_400_000, armed: true },
        keepMs: 7 * 24 * 3600_000,
      },
      audit: { keepMs: 90 * 24 * 3600_000 },
      timezone: 'Europe/Berlin',
    });
  });

  test('leaves whether a route rings to the severity where it says nothing', () => {
    const { config } = configOf('alerts: { routes: [{ match: { a: b }, channel: "112233445566778811" }] }');
    expect(config.alerts.routes).toEqual([
      {
        match: { a: 'b' },
        channel: '112233445566778811',
        mention: [],
        ring: undefined,
        ringOnResolve: false,
        escalate: undefined,
      },
    ]);
  });

  test('arms the watchdog by naming it, even with nothing but defaults', () => {
    expect(configOf('alerts: { watchdog: {} }').config.alerts.watchdog).toEqual({
      alertname: 'Watchdog',
      afterMs: 600_000,
      armed: true,
    });
  });
});

describe('unknown keys', () => {
  test.each([
    ['acess: {}', ':1: acess is an unknown key; did you mean access?'],
    ['access: { viewers: [] }', ':1: access.viewers is an unknown key; did you mean viewer?'],
    ['alerts: { rotues: [] }', ':1: alerts.rotues is an unknown key; did you mean routes?'],
    ['\n\nwatchdog: {}', ':3: watchdog is an unknown key; did you mean alerts.watchdog?'],
    ['hosts: {}', ':1: hosts is an unknown key; known here: access, apps, alerts, audit, timezone'],
    [
      `${'x'.repeat(500)}: 1`,
      `:1: ${JSON.stringify('x'.repeat(80))} is an unknown key; known here: access, apps, alerts, audit, timezone`,
    ],
    ['"a b": 1', ':1: "a b" is an unknown key; known here: access, apps, alerts, audit, timezone'],
    ['constructor: 1', ':1: constructor is an unknown key; known here: access, apps, alerts, audit, timezone'],
  ])('%j', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([problem]);
  });

  test('in a route are named by their place', () => {
    const yaml = 'alerts:\n  routes:\n    - match: {}\n      channel: "112233445566778811"\n      mentions: []\n';
    expect(problemsOf(yaml)).toEqual([':5: alerts.routes[0].mentions is an unknown key; did you mean mention?']);
  });
});

describe('the traps of YAML', () => {
  test('an id without quotes would lose its last digits, and is shown in quotes', () => {
    const path = file('access: { viewer: [112233445566778801] }');
    expect(readConfig({ ...required, CONFIG_FILE: path })).toEqual({
      ok: false,
      problems: [
        {
          where: `${path}:1: access.viewer[0]`,
          what: 'is a number, of which the last digits are lost: put it in quotes',
          example: '- "112233445566778801"',
        },
      ],
    });
  });

  test.each([
    ['a key twice', 'timezone: UTC\ntimezone: UTC', ':2 has the key "timezone" a second time'],
    ['a key twice in two spellings', 'timezone: UTC\n"timezone": UTC', ':2 has the key "timezone" a second time'],
    ['a tab', 'access:\n\tviewer: []', ':2 is indented with a tab: YAML takes blanks only'],
    ['two documents', 'timezone: UTC\n---\ntimezone: UTC', ':2 holds a second document (---)'],
    ['a list', '- a', ':1: must be a map of keys and values'],
    ['a sentence', 'hello', ':1: must be a map of keys and values'],
    ['a map as a key', '? {a: b}\n: c', ':1 has a key that is no plain text'],
    ['a key of JavaScript', '__proto__: { admin: [] }', ':1 has a key that is not allowed: __proto__'],
    ['an alias to nowhere', 'access: *nowhere', ':1 refers to "nowhere", which no & before it names'],
    ['a quote that never ends', 'timezone: "UTC', /^:1 is not valid YAML/],
    ['a key without a value', 'alerts:\n', ':1: alerts has no value: write one, or leave the key out'],
    ['brackets without end', '['.repeat(100_000), / nests deeper than 50 levels$/],
    ['a list in a list in a list', `${'- '.repeat(10_000)}x`, / nests deeper than 50 levels$/],
    ['text where a list is due', 'access: { viewer: "112233445566778801" }', ':1: access.viewer must be a list'],
    [
      'yes for true',
      'alerts: { routes: [{ match: {}, channel: "112233445566778811", ring: yes }] }',
      ':1: alerts.routes[0].ring must be true or false',
    ],
    [
      'a number for a label',
      'alerts: { routes: [{ match: { code: 404 }, channel: "112233445566778811" }] }',
      ':1: alerts.routes[0].match.code must be text: put it in quotes',
    ],
    ['a duration without a unit', 'audit: { keep: 30 }', ':1: audit.keep must be text'],
    ['more than 1 MiB', `# ${'x'.repeat(1024 * 1024)}`, /names a file that is larger than 1024 KiB$/],
  ])('%s is refused', (_what, yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });

  test('aliases that unfold without end are refused', () => {
    const layers = Array.from({ length: 8 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`);
    expect(problemsOf(`a0: &a0 [x]\n${layers.join('\n')}`)).toEqual([
      expect.stringMatching(/uses more than 100 aliases/),
    ]);
  });

  test('a few aliases are fine', () => {
    const { config } = configOf('access:\n  viewer: &ops ["112233445566778801"]\n  admin: *ops\n');
    expect(config.access.admin).toEqual(['112233445566778801']);
  });

  test('a hundred thousand keys are judged at once', () => {
    const yaml = Array.from({ length: 100_000 }, (_, i) => `k${i}:`).join('\n');
    const problems = problemsOf(yaml);
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toBe(' has 99950 more problems');
  });
});

describe('values', () => {
  test.each([
    ['alerts: { keep: 10 days }', 'must be a duration such as 30d, 15m or 1h30m'],
    ['alerts: { keep: 1s }', 'must be a duration from 1h to 3650d'],
    ['alerts: { keep: 99999d }', 'must be a duration from 1h to 3650d'],
    ['alerts: { watchdog: { after: 0m } }', 'must be a duration from 1m to 7d'],
    ['timezone: Europe/Berln', 'must be a time zone by its IANA name; did you mean Europe/Berlin?'],
    ['timezone: "+01:00"', 'must be a time zone by its IANA name'],
    ['access: { admin: ["everyone"] }', 'must be a Discord id'],
  ])('%s is told what it must be', (yaml, what) => {
    expect(problemsOf(yaml)).toEqual([expect.stringContaining(what)]);
  });

  test.each([
    ['/a(/', /is no regular expression: .*Unterminated group/],
    ['/a', /must be a value, or a regular expression between two slashes/],
    ['/a/g', /takes only the flags i, m and s/],
  ])('%s is no matcher of a route', (matcher, what) => {
    const yaml = `alerts: { routes: [{ match: { a: '${matcher}' }, channel: "112233445566778811" }] }`;
    expect(problemsOf(yaml)).toEqual([expect.stringMatching(what)]);
  });

  test('a route without a channel or without labels is incomplete', () => {
    expect(problemsOf('alerts: { routes: [{}] }')).toEqual([
      ':1: alerts.routes[0].match is missing',
      ':1: alerts.routes[0].channel is missing',
    ]);
  });
});

describe('warnings', () => {
  test('tell that nobody has been given a level', () => {
    expect(configOf('').warnings).toEqual([
      { where: 'access', what: expect.stringContaining('gives no role any level') },
    ]);
  });

  test('tell of a role with several levels and of routes that are never reached', () => {
    const { warnings } = configOf(`
access: { viewer: ["112233445566778801"], admin: ["112233445566778801"] }
alerts:
  routes:
    - { match: {}, channel: "112233445566778811" }
    - { match: { severity: critical }, channel: "112233445566778812" }
`);
    expect(warnings.map(({ where, what }) => `${where} ${what}`)).toEqual([
      'access lists the role 112233445566778801 under several levels: the highest counts',
      'alerts.routes[0] matches everything, so that the routes after it are never reached',
    ]);
  });

  test('tell of what a quiet route never does', () => {
    const { warnings } = configOf(`
access: { viewer: ["112233445566778801"] }
alerts:
  routes:
    - { match: {}, channel: "112233445566778811", ring: false, ringOnResolve: true, escalate: { after: 15m, mention: [] } }
`);
    expect(warnings.map(({ where, what }) => `${where} ${what}`)).toEqual([
      'alerts.routes[0].ringOnResolve does nothing beside ring: false, which never rings',
      'alerts.routes[0].escalate does nothing beside ring: false, which never rings',
    ]);
  });
});
