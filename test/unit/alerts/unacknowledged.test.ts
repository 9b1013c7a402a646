// When a critical incident that nobody acknowledges rings the next role.
import { describe, expect, test } from '@jest/globals';
import type { Incident, Ringing } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { escalationOf } from '../../../src/alerts/ring.ts';
import { ringMessage } from '../../../src/alerts/ring-message.ts';
import type { Route } from '../../../src/alerts/routes.ts';
import { critical, rung, turn } from '../../../src/alerts/turn.ts';
import { again, catchAll, ended, life, one } from './lives.ts';
import { type AlertInput, minute, notification, t0 } from './notifications.ts';

describe('a critical incident that nobody acknowledges', () => {
  const escalate: Ringing['escalate'] = { afterMs: 15 * minute, mention: ['9'] };
  const escalating: Route = { ...catchAll, escalate };

  test('is due some time after it became critical', () => {
    const { incident } = life(
      [
        { at: 0, alerts: [one('warning')] },
        { at: 10 * minute, alerts: [one('warning'), one('critical')] },
      ],
      escalating,
    );
    expect(escalationOf(incident)).toEqual({ at: t0 + 25 * minute, to: escalate });
  });

  test('waits anew after somebody who had acknowledged it gave it up', () => {
    const { incident } = life(
      [
        { at: 0, alerts: [one('critical')] },
        { at: 5 * minute, alerts: [one('critical')], acknowledged: true },
      ],
      escalating,
    );
    const { acknowledged: _, ...givenUp } = incident;
    expect(escalationOf(critical(givenUp, t0 + 60 * minute))?.at).toBe(t0 + 75 * minute);
  });

  test('of a quiet route is not', () => {
    const { incident } = life([{ at: 0, alerts: [one('critical')] }], { ...escalating, ring: false });
    expect(escalationOf(incident)).toBe(null);
  });

  test('and its ring goes away once somebody acknowledges it', () => {
    const { incident } = life([{ at: 0, alerts: [one('critical')] }], escalating);
    const escalated = rung(incident, 'not acknowledged', t0 + 15 * minute);
    const acknowledged = { personId: '5', username: 'olga', at: t0 + 16 * minute };
    expect(ringMessage({ ...escalated, acknowledged })).toBe(undefined);
  });

  test('is due once', () => {
    const { incident } = life([{ at: 0, alerts: [one('critical')] }], escalating);
    expect(escalationOf(rung(incident, 'not acknowledged', t0 + 15 * minute))).toBe(null);
  });

  describe('and that has been escalated once', () => {
    const escalated = life([{ at: 0, alerts: [one('critical')] }], escalating).incident;
    const before = rung(escalated, 'not acknowledged', t0 + 15 * minute);
    const told = (incident: Incident, alerts: readonly AlertInput[], now: number): Incident => {
      const body = notification(alerts);
      const result = merge(incident, body, now);
      if (result.kind === 'ignored') throw new Error(result.reason);
      return turn({ before: incident, result, notification: body, routes: [escalating], now }).result.incident;
    };
    const mysql: AlertInput = { fingerprint: 'm', labels: { alertname: 'MysqlDown', severity: 'critical' } };

    test('is due anew, after the whole wait, when it gains a critical alert that it never had', () => {
      const joined = told(before, [one('critical'), mysql], t0 + 20 * minute);
      expect(escalationOf(joined)?.at).toBe(t0 + 35 * minute);
    });

    test('is not due anew for more of the same, nor for what is less than critical', () => {
      const more = told(before, [one('critical'), one('critical', { fingerprint: 'pod 2' })], t0 + 20 * minute);
      expect(escalationOf(more)).toBe(null);
      const less = { ...mysql, labels: { alertname: 'MysqlSlow', severity: 'warning' } };
      expect(escalationOf(told(before, [one('critical'), less], t0 + 20 * minute))).toBe(null);
    });

    test('is due anew when it is back although its notifications are cut, so that it never was over', () => {
      const cut = { ...before, truncated: 280 };
      const over = {
        ...told(cut, [ended('critical', t0 + 18 * minute)], t0 + 18 * minute),
        closedAt: null,
        truncated: 280,
      };
      expect(escalationOf(over)).toBe(null);
      const back = told(over, [again('critical', t0 + 600 * minute)], t0 + 600 * minute);
      expect(escalationOf(back)?.at).toBe(t0 + 615 * minute);
    });

    test('is due anew when it is back, unless it flaps', () => {
      const over = told(before, [ended('critical', t0 + 18 * minute)], t0 + 18 * minute);
      const back = told(over, [again('critical', t0 + 20 * minute)], t0 + 20 * minute);
      expect(escalationOf(back)?.at).toBe(t0 + 35 * minute);
      const twice = rung(back, 'not acknowledged', t0 + 35 * minute);
      const end = {
        ...again('critical', t0 + 20 * minute),
        status: 'resolved' as const,
        endsAt: new Date(t0 + 40 * minute).toISOString(),
      };
      const overAgain = told(twice, [end], t0 + 40 * minute);
      const flapping = told(overAgain, [again('critical', t0 + 45 * minute)], t0 + 45 * minute);
      expect(escalationOf(flapping)).toBe(null);
    });
  });

  test.each([
    ['a warning', [{ at: 0, alerts: [one('warning')] }]],
    [
      'one that somebody has acknowledged',
      [
        { at: 0, alerts: [one('critical')] },
        { at: minute, alerts: [one('critical')], acknowledged: true },
      ],
    ],
    [
      'one that is over',
      [
        { at: 0, alerts: [one('critical')] },
        { at: 9 * minute, alerts: [ended('critical', t0 + minute)] },
      ],
    ],
  ] as const)('and %s is not', (_, steps) => {
    expect(escalationOf(life(steps, escalating).incident)).toBe(null);
  });

  test('tells how long it has gone on', () => {
    const { incident } = life([{ at: 0, alerts: [one('critical')] }], escalating);
    expect(ringMessage(rung(incident, 'not acknowledged', t0 + 15 * minute))?.headline).toEqual([
      '🔴 still not acknowledged: critical firing: NodeDown: A pod restarts over and over',
      ' (began ',
      { time: new Date(t0), style: 'relative' },
      ')',
    ]);
  });
});
