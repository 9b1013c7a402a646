// What an error means for the request that met it, and how sign-ins are spaced.
import { describe, expect, test } from '@jest/globals';
import { failureOf } from '../../../src/discord/failures.ts';
import { type SignIns, signedIn, waitBefore } from '../../../src/discord/identify.ts';
import { snowflakeAt, timeOf } from '../../../src/discord/limits.ts';

const now = new Date('2026-11-23T10:00:00Z');
const network = (code: string, more: object = {}) => Object.assign(new Error(`connect ${code}`), { code, ...more });

describe('an error of the network', () => {
  test.each([
    [network('ECONNREFUSED'), 'not sent'],
    [network('ENOTFOUND'), 'not sent'],
    [network('EAI_AGAIN'), 'not sent'],
    [network('ETIMEDOUT', { syscall: 'connect' }), 'not sent'],
    [network('UND_ERR_CONNECT_TIMEOUT'), 'not sent'],
    [network('DEPTH_ZERO_SELF_SIGNED_CERT'), 'not sent'],
    [Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'not sent'],
    [new TypeError('fetch failed', { cause: network('ECONNREFUSED') }), 'not sent'],
    [network('ETIMEDOUT', { syscall: 'read' }), 'unknown'],
    [network('ECONNRESET'), 'unknown'],
    [network('EPIPE'), 'unknown'],
    [network('UND_ERR_SOCKET'), 'unknown'],
    [Object.assign(new Error('aborted'), { name: 'AbortError' }), 'unknown'],
    [new Error('something else'), 'unknown'],
    ['not even an error', 'unknown'],
  ])('%s is %s', (error, kind) => {
    expect(failureOf(error, now)).toMatchObject({ kind });
  });
});

describe('sign-ins', () => {
  const fresh: SignIns = { lastAt: Number.NEGATIVE_INFINITY, inRow: 0, left: 1000, renewedAt: 0 };

  test('go at once the first time, then are 5 s apart, then ever further up to 5 minutes', () => {
    let known = fresh;
    let at = 1_000_000_000;
    const waits: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const wait = waitBefore(known, at);
      waits.push(wait);
      at += wait;
      known = signedIn(known, at);
    }
    expect(waits.slice(0, 4)).toEqual([0, 5_200, 10_400, 20_800]);
    expect(Math.max(...waits)).toBe(300_000);
    expect(waits.at(-1)).toBe(300_000);
  });

  test('start over after a session that held', () => {
    const known = signedIn({ ...fresh, lastAt: 0, inRow: 6 }, 3_600_000);
    expect(known.inRow).toBe(1);
    expect(waitBefore(known, 3_600_000 + 60_000)).toBe(0);
  });

  test('wait for the budget where nothing is left of it', () => {
    expect(waitBefore({ ...fresh, left: 0, renewedAt: 9_000_000 }, 1_000_000)).toBe(8_000_000);
    expect(waitBefore({ ...fresh, left: 0, renewedAt: 9_000_000 }, 9_500_000)).toBe(0);
  });
});

test('a snowflake tells its time', () => {
  expect(timeOf(snowflakeAt(now))).toBe(now.getTime());
  expect(snowflakeAt(new Date(0))).toBe('0');
  expect(timeOf('x')).toBeNaN();
});
