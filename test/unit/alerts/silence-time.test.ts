// Until when something is silenced, from what people type.
import { describe, expect, test } from '@jest/globals';
import { parseUntil, untilMonday } from '../../../src/alerts/silence-time.ts';

/** A Wednesday, 14:30 in Berlin, where summer time ends on the following Sunday. */
const now = new Date('2026-10-21T12:30:00Z');
const berlin = { now, timezone: 'Europe/Berlin' };

describe('what people type', () => {
  test.each([
    ['90m', '2026-10-21T14:00:00Z'],
    ['for 4h', '2026-10-21T16:30:00Z'],
    ['2d', '2026-10-23T12:30:00Z'],
    ['18:30', '2026-10-21T16:30:00Z'],
    ['8:00', '2026-10-22T06:00:00Z'],
    ['tomorrow', '2026-10-22T06:00:00Z'],
    ['Until Monday 08:00', '2026-10-26T07:00:00Z'],
    ['mon', '2026-10-26T07:00:00Z'],
    ['wednesday 14:00', '2026-10-28T13:00:00Z'],
    ['Wednesday 15:00', '2026-10-21T13:00:00Z'],
    ['2026-12-01 08:00', '2026-12-01T07:00:00Z'],
    ['2026-12-01T08:00', '2026-12-01T07:00:00Z'],
    ['2026-12-01', '2026-12-01T07:00:00Z'],
  ])('%s is %s', (typed, until) => {
    expect(parseUntil(typed, berlin)).toEqual({ ok: true, until: new Date(until) });
  });

  test.each([
    '',
    'soon',
    '25:00',
    '12:75',
    '2026-02-30',
    '2026-13-01 08:00',
    'monday 8',
    '-4h',
    '4 hours',
    'until',
    '９０m',
    '4h\u0000',
    '1h; rm -rf /',
  ])('"%s" is no time, and what would be one is said', (typed) => {
    expect(parseUntil(typed, berlin)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('4h, 2d, until Monday 08:00,'),
    });
  });

  test.each(['30s', '91d', '2026-10-21 14:30', '2020-01-01', '2030-01-01'])('%s is too soon or too late', (typed) => {
    expect(parseUntil(typed, berlin)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('90d at the latest'),
    });
  });
});

describe('until Monday', () => {
  test('is 08:00 on the clock of the configured zone, summer time or not', () => {
    expect(untilMonday(berlin)).toEqual(new Date('2026-10-26T07:00:00Z'));
    expect(untilMonday({ ...berlin, timezone: 'America/Los_Angeles' })).toEqual(new Date('2026-10-26T15:00:00Z'));
    expect(untilMonday({ ...berlin, timezone: 'UTC' })).toEqual(new Date('2026-10-26T08:00:00Z'));
  });

  test('is the same day on a Monday before eight, and a week later after it', () => {
    const at = (time: string) => untilMonday({ timezone: 'UTC', now: new Date(time) });
    expect(at('2026-10-26T03:00:00Z')).toEqual(new Date('2026-10-26T08:00:00Z'));
    expect(at('2026-10-26T08:00:00Z')).toEqual(new Date('2026-11-02T08:00:00Z'));
  });

  test('is a time that there is where a clock skips it', () => {
    // In Cairo 00:00 to 01:00 is skipped on 2026-04-24; in Berlin 02:00 to 03:00 on 2026-03-29.
    const skipped = parseUntil('2026-03-29 02:30', {
      now: new Date('2026-03-28T00:00:00Z'),
      timezone: 'Europe/Berlin',
    });
    expect(skipped).toMatchObject({ ok: true });
  });
});
