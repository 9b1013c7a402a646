import { describe, expect, test } from '@jest/globals';
import { createLog, type LogLevel } from '../../../src/lib/log.ts';
import { redactor } from '../../../src/lib/redact.ts';
import { Secret } from '../../../src/lib/secret.ts';

function createProbe(level: LogLevel = 'trace') {
  const lines: string[] = [];
  const secrets = [new Secret('my-own-secret')];
  const log = createLog({
    level,
    redact: redactor(secrets),
    destination: { write: (line: string) => lines.push(line) },
  });
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}');
  return { log, lines, last };
}

describe('a log line', () => {
  test('is JSON with level, time, message and what stands beside it', () => {
    const { log, last } = createProbe();
    log.info({ channel: '1', tries: 2, big: 5n, at: new Date(0), none: null }, 'Discord asks to slow down');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      msg: 'Discord asks to slow down',
      channel: '1',
      tries: 2,
      big: '5',
      at: '1970-01-01T00:00:00.000Z',
      none: null,
    });
  });

  test('is only written at its level or above', () => {
    const { log, lines } = createProbe('warn');
    log.info('no');
    log.warn('yes');
    expect(lines).toHaveLength(1);
  });

  test('holds no secret in message, values of the message, metadata at any depth, or names of fields', () => {
    const { log, lines } = createProbe();
    log.warn('my-own-secret');
    log.warn('token=%s', 'my-own-secret');
    log.warn({ a: 'my-own-secret', b: [{ c: 'x my-own-secret' }], 'my-own-secret': 1 }, 'x');
    log.warn({
      url: new URL('http://u:hunter2@h/'),
      map: new Map([['k', 'my-own-secret']]),
      set: new Set(['my-own-secret']),
    });
    log.warn({ secret: new Secret('hunter2'), password: 'hunter2', nested: { apiKey: 'hunter2' } });
    log.child({ room: 'my-own-secret' }).child({ deeper: 'my-own-secret' }).info('x');
    expect(lines).toHaveLength(6);
    expect(lines.join('')).not.toMatch(/my-own-secret|hunter2/);
  });

  test('tells errors with message, stack, code and causes, redacted', () => {
    const { log, lines, last } = createProbe();
    const inner = Object.assign(new Error('password=hunter2'), {
      code: 'ECONNREFUSED',
      headers: { authorization: 'hunter2' },
    });
    const error = new AggregateError([new TypeError('one my-own-secret')], 'outer my-own-secret', { cause: inner });
    log.error({ err: error }, 'It failed');
    expect(last()).toMatchObject({
      msg: 'It failed',
      err: {
        type: 'AggregateError',
        message: 'outer [redacted]',
        stack: expect.stringContaining('log.test.ts'),
        cause: { type: 'Error', message: 'password=[redacted]', code: 'ECONNREFUSED' },
        errors: [{ type: 'TypeError', message: 'one [redacted]' }],
      },
    });
    log.error(error);
    expect(last()).toMatchObject({ msg: 'outer [redacted]', err: { type: 'AggregateError' } });
    log.error(error, 'Other words');
    expect(last()).toMatchObject({ msg: 'Other words', err: { type: 'AggregateError' } });
    expect(lines.join('')).not.toMatch(/my-own-secret|hunter2/);
  });

  test('is bounded in length, depth and number, whatever is logged', () => {
    const { log, lines, last } = createProbe();
    const circle: Record<string, unknown> = { name: 'x' };
    circle['self'] = circle;
    log.info({ circle }, 'x');
    log.info({ long: 'x'.repeat(1_000_000) }, 'y'.repeat(1_000_000));
    log.info({ many: Array.from({ length: 100_000 }, (_, i) => ({ i, deep: [[[[[[1]]]]]] })) }, 'x');
    log.info({ many: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])) }, 'x');
    log.info({ bytes: Buffer.alloc(5_000_000) }, 'x');
    expect(last()).toMatchObject({ bytes: '[5000000 bytes]' });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(40_000);
    expect(lines).toHaveLength(5);
  });

  test('is written even where what it tells of breaks when it is read', () => {
    const { log, last } = createProbe();
    const broken = {
      get a() {
        throw new Error('no');
      },
      b: 1,
      c: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    };
    log.info({ broken, odd: Symbol('x'), run: () => 1, not: Number.NaN, when: new Date(Number.NaN) }, 'x');
    expect(last()).toMatchObject({ broken: { a: '[unreadable]', b: 1, c: {} }, not: 'NaN', when: 'Invalid Date' });
  });
});
