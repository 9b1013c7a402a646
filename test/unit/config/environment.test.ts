import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { formatProblems } from '../../../src/config/problems.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { redactor } from '../../../src/lib/redact.ts';
import { file, folder, required } from './files.ts';

function problemsOf(environment: Record<string, string | undefined>) {
  const result = readConfig(environment);
  return result.ok ? [] : result.problems;
}

function configOf(environment: Record<string, string | undefined>) {
  const result = readConfig({ ...required, ...environment });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

/** What is said about one variable, or undefined where it is right. */
function saidOf(name: string, value: string) {
  return problemsOf({ ...required, [name]: value }).find(({ where }) => where === name)?.what;
}

describe('an empty environment', () => {
  test('names all four variables that are required, each with an example', () => {
    expect(problemsOf({})).toEqual(
      Object.keys(required).map((name) => ({
        where: name,
        what: expect.stringMatching(/^is not set/),
        example: expect.stringMatching(new RegExp(`^${name}=.+`)),
      })),
    );
  });

  test('a variable that is set but empty counts as unset', () => {
    const emptied = Object.fromEntries(Object.keys(required).map((name) => [name, '']));
    expect(problemsOf(emptied)).toEqual(problemsOf({}));
    expect(configOf({ HTTP_PORT: '', LOG_LEVEL: '', KUBECONFIG: '', CONFIG_FILE: '', DATABASE_URL: '' })).toEqual(
      configOf({}),
    );
  });

  test('a misspelt name is recognised', () => {
    const { DISCORD_TOKEN, ...others } = required;
    expect(problemsOf({ ...others, DISCORD_TOKN: DISCORD_TOKEN })).toEqual([
      expect.objectContaining({
        what: 'is not set, nor is DISCORD_TOKEN_FILE; DISCORD_TOKN is, was DISCORD_TOKEN meant?',
      }),
    ]);
  });
});

test('with only what is required, the defaults of the contract hold', () => {
  expect(configOf({})).toMatchObject({
    discord: { guildId: '112233445566778800', alertChannelId: '112233445566778810', apiUrl: 'https://discord.com/api' },
    kubernetes: { kind: 'none' },
    database: { path: resolve('data/homelab-bot.db') },
    http: { host: '0.0.0.0', port: 8080 },
    log: { level: 'info' },
    access: { viewer: [], operator: [], admin: [] },
    alerts: {
      routes: [],
      watchdog: { alertname: 'Watchdog', afterMs: 600_000, armed: false },
      keepMs: 30 * 24 * 3600_000,
    },
    audit: { keepMs: 365 * 24 * 3600_000 },
    timezone: 'UTC',
    file: null,
  });
});

test('everything that is wrong is told at once, in the order of the documentation, environment and file', () => {
  const problems = problemsOf({
    DISCORD_GUILD_ID: '12',
    DISCORD_ALERT_CHANNEL_ID: 'alerts',
    HTTP_PORT: '-1',
    LOG_LEVEL: 'loud',
    KUBECONFIG: join(folder, 'nowhere'),
    CONFIG_FILE: file('timezone: 5\naces: {}\n', 'all-wrong.yaml'),
  });
  const name = join(folder, 'all-wrong.yaml');
  expect(problems.map(({ where }) => where)).toEqual([
    ...Object.keys(required),
    'HTTP_PORT',
    'LOG_LEVEL',
    'KUBECONFIG',
    `${name}:1: timezone`,
    `${name}:2: aces`,
  ]);
});

describe('secrets', () => {
  test('are taken from a file, without the newline at its end', () => {
    const config = configOf({ DISCORD_TOKEN: undefined, DISCORD_TOKEN_FILE: file('one.two.three\r\n\n') });
    expect(config.discord.token.reveal()).toBe('one.two.three');
    expect(config.secrets).toContain(config.discord.token);
  });

  test('given both ways are an error that names both', () => {
    expect(problemsOf({ ...required, DISCORD_TOKEN_FILE: file('one.two.three') })).toEqual([
      { where: 'DISCORD_TOKEN, DISCORD_TOKEN_FILE', what: 'are both set: keep one of them' },
    ]);
  });

  const folderInstead = join(folder, 'folder');
  mkdirSync(folderInstead);
  test.each([
    ['is missing', join(folder, 'missing'), 'names a file that does not exist'],
    ['is a folder', folderInstead, 'names a file that is a directory, not a file'],
    ['is a device', '/dev/zero', 'names a file that is not a regular file'],
    ['is empty', file(''), 'names a file that is empty'],
    ['holds only a newline', file('\n'), 'names a file that is empty'],
    ['is larger than 64 KiB', file('x'.repeat(64 * 1024 + 1)), 'names a file that is larger than 64 KiB'],
    ['is no text', file(Buffer.from([0xff, 0xfe, 0xfd])), 'names a file that is not text in UTF-8'],
  ])('whose file %s are told so, once', (_what, path, what) => {
    const { ALERTMANAGER_WEBHOOK_TOKEN: _, ...others } = required;
    expect(problemsOf({ ...others, ALERTMANAGER_WEBHOOK_TOKEN_FILE: path })).toEqual([
      expect.objectContaining({ where: 'ALERTMANAGER_WEBHOOK_TOKEN_FILE', what }),
    ]);
  });

  test('of exactly 64 KiB are read', () => {
    const config = configOf({ DISCORD_TOKEN: undefined, DISCORD_TOKEN_FILE: file('x'.repeat(64 * 1024)) });
    expect(config.discord.token.reveal()).toHaveLength(64 * 1024);
  });

  test.each(['with a blank', 'two\nlines', 'Bot one.two.three', 'ünïcode', 'nul\0'])(
    'that no header can carry are refused (%j)',
    (value) => {
      expect(saidOf('DISCORD_TOKEN', value)).toMatch(/^must be the bare token/);
      expect(saidOf('ALERTMANAGER_WEBHOOK_TOKEN', value)).toMatch(/^must be one line/);
    },
  );

  test('never appear in a problem, whichever variable they were put into', () => {
    const token = 'hunter2-of-the-homelab';
    const names = [
      'DISCORD_GUILD_ID',
      'DISCORD_ALERT_CHANNEL_ID',
      'DISCORD_API_URL',
      'DATABASE_URL',
      'HTTP_HOST',
      'HTTP_PORT',
      'LOG_LEVEL',
    ];
    const wrong = Object.fromEntries(names.map((name) => [name, `${token} \u0000`]));
    const problems = problemsOf({
      ...wrong,
      DISCORD_TOKEN: `${token} `,
      ALERTMANAGER_WEBHOOK_TOKEN: `${token} `,
      CONFIG_FILE: folder,
    });
    expect(problems).toHaveLength(10);
    expect(formatProblems(problems)).not.toContain('hunter2');
  });

  test('cannot be read from a configuration that is printed, inspected, interpolated or serialised', () => {
    const config = configOf({});
    for (const text of [
      inspect(config, { depth: 9 }),
      JSON.stringify(config),
      `${config.discord.token}`,
      String([config.secrets]),
    ]) {
      expect(text).not.toContain('first.second.third');
      expect(text).toContain('[redacted]');
    }
  });
});

describe('DATABASE_URL', () => {
  test.each([
    ['file:data/x.db', resolve('data/x.db')],
    ['file:./x.db', resolve('x.db')],
    ['file:/var/lib/x.db', '/var/lib/x.db'],
    ['file:///var/lib/x.db', '/var/lib/x.db'],
    ['file:/var/with%20blank/x.db', '/var/with blank/x.db'],
  ])('%s is a path', (url, path) => {
    expect(configOf({ DATABASE_URL: url }).database.path).toBe(path);
  });

  test.each(['postgres://user:pw@db/x', 'mysql://db/x', 'sqlite:x.db', 'data/x.db'])(
    '%s is refused with a sentence',
    (url) => {
      expect(saidOf('DATABASE_URL', url)).toMatch(
        /^must begin with "file:": the bot keeps its data in an embedded SQLite file/,
      );
    },
  );

  test.each(['file:', 'file:data/', 'file::memory:', 'file:x.db?mode=ro', 'file://host/x.db', 'file:%zz'])(
    '%s is refused',
    (url) => {
      expect(saidOf('DATABASE_URL', url)).toBeDefined();
    },
  );
});

test.each([
  ['HTTP_PORT', '0', { http: { port: 0 } }],
  ['HTTP_PORT', '65535', { http: { port: 65535 } }],
  ['HTTP_HOST', '127.0.0.1', { http: { host: '127.0.0.1' } }],
  ['HTTP_HOST', '::1', { http: { host: '::1' } }],
  ['LOG_LEVEL', 'DEBUG', { log: { level: 'debug' } }],
  ['DISCORD_API_URL', 'http://127.0.0.1:4000/api/', { discord: { apiUrl: 'http://127.0.0.1:4000/api' } }],
])('%s=%s is taken', (name, value, config) => {
  expect(configOf({ [name]: value })).toMatchObject(config);
});

test.each([
  ['HTTP_PORT', '65536'],
  ['HTTP_PORT', '80a'],
  ['HTTP_PORT', '1e3'],
  ['HTTP_PORT', ' 80'],
  ['HTTP_HOST', 'http://x'],
  ['DISCORD_API_URL', 'discord.com/api'],
  ['DISCORD_API_URL', 'ftp://discord.com/api'],
  ['DISCORD_API_URL', 'https://user:pw@discord.com/api'],
  ['DISCORD_API_URL', 'https://discord.com/api/v10'],
  ['DISCORD_API_URL', 'https://discord.com/api?x=1'],
  ['DISCORD_GUILD_ID', '1122334455667788'],
  ['DISCORD_GUILD_ID', '112233445566778800112'],
  ['DISCORD_ALERT_CHANNEL_ID', '<#112233445566778810>'],
])('%s=%s is refused', (name, value) => {
  expect(saidOf(name, value)).toBeDefined();
});

describe('the problems as they are printed', () => {
  test('are one list that begins with their number', () => {
    expect(formatProblems(problemsOf({ ...required, HTTP_PORT: 'x', LOG_LEVEL: 'x' }))).toBe(
      [
        'The configuration has 2 problems; nothing was started.',
        '',
        '  HTTP_PORT must be a whole number from 0 to 65535; 0 takes any free port',
        '    for example: HTTP_PORT=8080',
        '  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
        '    for example: LOG_LEVEL=info',
        '',
      ].join('\n'),
    );
  });
});

describe('warnings', () => {
  test('tell of a webhook token that can be guessed, and of a bot token sent in the clear', () => {
    const result = readConfig({
      ...required,
      ALERTMANAGER_WEBHOOK_TOKEN: 'short',
      DISCORD_API_URL: 'http://discord.example/api',
    });
    expect(result.ok && result.warnings.map(({ where }) => where)).toEqual([
      'ALERTMANAGER_WEBHOOK_TOKEN',
      'DISCORD_API_URL',
      'access',
    ]);
  });
});

describe('ALERTMANAGER_URL', () => {
  test.each([
    ['http://alertmanager:9093', 'http://alertmanager:9093'],
    ['http://alertmanager:9093/', 'http://alertmanager:9093'],
    ['https://ops.example.com/alerts/am/', 'https://ops.example.com/alerts/am'],
  ])('%s is taken, also with the path prefix that Alertmanager was given', (value, url) => {
    expect(configOf({ ALERTMANAGER_URL: value }).alertmanager.api).toEqual({ url });
  });

  test('its user and password leave the URL, and count as secrets in every spelling', () => {
    const config = configOf({ ALERTMANAGER_URL: 'https://bot:p%40ss-w0rd@ops.example.com/am' });
    const { api } = config.alertmanager;
    expect(api?.url).toBe('https://ops.example.com/am');
    expect(api?.credentials?.reveal()).toBe('bot:p@ss-w0rd');
    const redact = redactor(config.secrets);
    for (const text of ['p@ss-w0rd', 'p%40ss-w0rd', Buffer.from('bot:p@ss-w0rd').toString('base64')])
      expect(redact(`it said ${text} twice`)).not.toContain(text);
    expect(inspect(config, { depth: 10 })).not.toMatch(/p(?:@|%40)ss-w0rd/);
  });

  test('is null where it is not set', () => {
    expect(configOf({}).alertmanager.api).toBeNull();
  });

  test.each([
    ['alertmanager:9093', 'must be a URL that begins with https:// or http://'],
    ['ftp://alertmanager', 'must be a URL that begins with https:// or http://'],
    ['http://alertmanager:9093/api/v2', 'must be without /api/v2 at its end'],
    ['http://alertmanager:9093/api/v2/', 'must be without /api/v2 at its end'],
    ['http://alertmanager:9093/#/alerts', 'must end with its path: no ? and no #'],
    ['http://bot:%zz@alertmanager', 'has a % in its user or password that is not followed by two hexadecimal digits'],
  ])('%s is refused', (value, what) => {
    expect(saidOf('ALERTMANAGER_URL', value)).toBe(what);
  });
});
