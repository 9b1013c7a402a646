// When the silence of the Watchdog is told, and in which words.
import { describe, expect, test } from '@jest/globals';
import {
  type Absence,
  absenceOf,
  heardIn,
  isArmed,
  judge,
  looked,
  marked,
  stalledMs,
  type Watch,
} from '../../../src/alerts/absence.ts';
import { absenceMessage } from '../../../src/alerts/absence-message.ts';
import { minute, notification, t0 } from './notifications.ts';

const watchdog = { labels: { alertname: 'Watchdog', severity: 'none' } };
const other = { labels: { alertname: 'NodeDown', severity: 'critical' } };
const resolved = { ...watchdog, status: 'resolved' } as const;
const seen: Watch = { alertname: 'Watchdog', since: t0, seenAt: t0 + minute, endedAt: null };

describe('a notification', () => {
  test.each([
    ['holds the Watchdog firing', [watchdog], 'firing'],
    ['holds it among others', [other, watchdog, other], 'firing'],
    ['says that it ended', [resolved], 'ended'],
    ['holds one Prometheus whose Watchdog ended, and one whose fires', [resolved, watchdog], 'firing'],
    ['holds other alerts alone', [other], null],
    ['holds an alert without a name', [{ labels: {} }], null],
    ['holds an alert of another case', [{ labels: { alertname: 'watchdog' } }], null],
  ])('%s', (_what, alerts, expected) => {
    expect(heardIn(notification(alerts), 'Watchdog')).toBe(expected);
  });

  test('names no prototype by accident', () => {
    expect(heardIn(notification([other]), 'constructor')).toBeNull();
  });
});

describe('what is known of it', () => {
  test('begins with the first one heard', () => {
    expect(marked(null, 'Watchdog', 'firing', t0)).toEqual({
      alertname: 'Watchdog',
      since: t0,
      seenAt: t0,
      endedAt: null,
    });
  });

  test('an end is no sign of life, and repeated ends move nothing', () => {
    const ended = marked(seen, 'Watchdog', 'ended', t0 + 2 * minute);
    expect(ended).toEqual({ ...seen, endedAt: t0 + 2 * minute });
    expect(marked(ended, 'Watchdog', 'ended', t0 + 3 * minute)).toEqual(ended);
  });

  test('firing again forgets the end', () => {
    const ended = marked(seen, 'Watchdog', 'ended', t0 + 2 * minute);
    expect(marked(ended, 'Watchdog', 'firing', t0 + 3 * minute)).toEqual({ ...seen, seenAt: t0 + 3 * minute });
  });

  test.each([
    ['the configuration alone', null, true, true],
    ['nothing', null, false, false],
    ['one that was seen', seen, false, true],
    ['one whose end was the first that was heard', { ...seen, seenAt: null, endedAt: t0 }, false, true],
    ['a wait that the configuration no longer asks for', { ...seen, seenAt: null }, false, false],
  ] as const)('it is armed or not by %s', (_what, watch, byConfiguration, expected) => {
    expect(isArmed(watch, byConfiguration)).toBe(expected);
  });
});

describe('the silence', () => {
  const asked = { armed: true, told: false, silentMs: 0, afterMs: 10 * minute };

  test.each([
    ['is told from the very moment', { silentMs: 10 * minute }, { kind: 'tell' }],
    ['is waited for until then', { silentMs: 10 * minute - 1 }, { kind: 'wait', ms: 1 }],
    ['is told once', { silentMs: 20 * minute, told: true }, { kind: 'rest', reason: 'its absence is told' }],
    ['is nothing while nobody waits', { silentMs: 20 * minute, armed: false }, { kind: 'rest' }],
  ])('%s', (_what, more, expected) => {
    expect(judge({ ...asked, ...more })).toMatchObject(expected);
  });

  test('goes on from look to look', () => {
    expect(looked({ since: 0, lookedAt: 5000 }, 10_000)).toEqual({ since: 0, lookedAt: 10_000 });
    expect(looked({ since: 0, lookedAt: 5000 }, 5000 + stalledMs)).toEqual({ since: 0, lookedAt: 5000 + stalledMs });
  });

  test('begins anew after a time in which the process stood still', () => {
    const at = 5000 + stalledMs + 1;
    expect(looked({ since: 0, lookedAt: 5000 }, at)).toEqual({ since: at, lookedAt: at });
  });
});

describe('an absence', () => {
  const told = { now: t0 + 11 * minute, silentMs: 10 * minute, afterMs: 10 * minute };

  test('is the same in each process that notices it, and another one after each return', () => {
    const { id } = absenceOf(seen, told);
    expect(absenceOf(seen, { ...told, now: told.now + minute }).id).toBe(id);
    expect(absenceOf({ ...seen, endedAt: t0 + 2 * minute }, told).id).toBe(id);
    expect(absenceOf({ ...seen, seenAt: t0 + 2 * minute }, told).id).not.toBe(id);
    expect(absenceOf({ ...seen, alertname: 'Heartbeat' }, told).id).not.toBe(id);
  });

  test('shows a time that is not in the future, where the clock has jumped back', () => {
    const now = t0 - 60 * minute;
    const absence = absenceOf({ ...seen, endedAt: t0 + 2 * minute }, { ...told, now });
    expect(absence.seenAt).toBe(now - 10 * minute);
    expect(absence.waitedSince).toBe(now - 10 * minute);
    expect(absence.endedAt).toBe(now - 10 * minute);
  });
});

describe('its card', () => {
  const absence = absenceOf(seen, { now: t0 + 11 * minute, silentMs: 10 * minute, afterMs: 10 * minute });
  const over = (at: number): Absence => ({ ...absence, over: { at, because: 'it returned' } });
  const textOf = (one: Absence): string => JSON.stringify(absenceMessage(one).text);

  test('says on the lock screen that alerts may be missing', () => {
    expect(absenceMessage(absence)).toMatchObject({
      headline: '🔴 critical firing: no Watchdog for more than 10m: alerts may be missing',
      tone: 'critical',
      title: 'firing · critical · Watchdog is missing',
    });
  });

  test('says what it means, when it was last seen, and what to check', () => {
    const text = textOf(absence);
    expect(text).toContain('Prometheus or Alertmanager no longer reaches this bot');
    expect(text).toContain(`"Last seen ",{"time":"${new Date(t0 + minute).toISOString()}","style":"relative"}`);
    expect(text).toContain('401 is a wrong token');
    expect(text).toContain('a repeat_interval well below 10m');
    expect(text).not.toContain('Alertmanager itself said');
  });

  test('says that Alertmanager works, where that told of its end', () => {
    expect(textOf({ ...absence, endedAt: t0 + 2 * minute })).toContain('hears nothing of Prometheus');
  });

  test('says that it was never seen', () => {
    expect(textOf({ ...absence, seenAt: null })).toContain('Watchdog was never seen; it has been waited for since');
  });

  test('says how long it was gone, once it is back', () => {
    const message = absenceMessage(over(t0 + 43 * minute));
    expect(message).toMatchObject({ headline: '✅ resolved: Watchdog is back after 42m', tone: 'good' });
    expect(JSON.stringify(message)).not.toContain('firing');
  });

  test('says no length that cannot be, where the clock has jumped back', () => {
    expect(absenceMessage(over(t0 - minute))).toMatchObject({ headline: '✅ resolved: Watchdog is back' });
  });

  test('says that nobody waits any more, and not that it was resolved', () => {
    const message = absenceMessage({ ...absence, over: { at: t0, because: 'nobody waits for it' } });
    expect(message.headline).toBe('⚪ Watchdog is no longer waited for');
    expect(JSON.stringify(message)).not.toContain('resolved');
  });
});
