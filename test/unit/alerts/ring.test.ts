// When people are rung again about an incident, and when they are left alone.
import { describe, expect, test } from '@jest/globals';
import type { Incident } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { flapMs } from '../../../src/alerts/ring.ts';
import { ringMessage } from '../../../src/alerts/ring-message.ts';
import { turn } from '../../../src/alerts/turn.ts';
import { render } from '../../../src/discord/message.ts';
import { redact } from '../../../src/lib/redact.ts';
import { again, catchAll, ended, life, one } from './lives.ts';
import { type AlertInput, minute, notification, t0 } from './notifications.ts';

test('a line that rings goes away once all of it is silenced or inhibited', () => {
  const { incident } = life([
    { at: 0, alerts: [one('warning')] },
    { at: minute, alerts: [one('warning'), one('critical')] },
  ]);
  const withSilenced = (silencedOnes: number) =>
    ringMessage({
      ...incident,
      alerts: incident.alerts.map((alert, index) =>
        index < silencedOnes ? { ...alert, suppressed: 'silenced' as const } : alert,
      ),
    });
  expect(withSilenced(0)).toBeDefined();
  expect(withSilenced(1)).toBeDefined();
  expect(withSilenced(2)).toBeUndefined();
});

test('a line that says it got worse goes away once what was worse is over', () => {
  const worse = [
    { at: 0, alerts: [one('warning')] },
    { at: minute, alerts: [one('warning'), one('critical')] },
  ];
  expect(ringMessage(life(worse).incident)?.headline).toEqual([expect.stringContaining('got worse: critical')]);
  const { incident } = life([
    ...worse,
    { at: 9 * minute, alerts: [one('warning'), ended('critical', t0 + 8 * minute)] },
  ]);
  expect(ringMessage(incident)).toBe(undefined);
});

describe('a group that goes on', () => {
  test('rings when it gains an alert of higher severity, and not when it gains one of the same', () => {
    const warning = one('warning');
    const { rings } = life([
      { at: 0, alerts: [warning] },
      { at: minute, alerts: [warning, one('warning', { fingerprint: 'second' })] },
      { at: 2 * minute, alerts: [warning, one('critical')] },
      { at: 3 * minute, alerts: [warning, one('critical'), one('critical', { fingerprint: 'third' })] },
    ]);
    expect(rings).toEqual([null, null, 'worse', null]);
  });

  test('rings when Alertmanager repeats it, as it says itself', () => {
    const steps = (reason: string) => [
      { at: 0, alerts: [one('critical')], reason: 'first notification' },
      { at: 2 * minute, alerts: [one('critical')], reason },
    ];
    expect(life(steps('repeat interval elapsed')).rings).toEqual([null, 'repeated']);
    expect(life(steps('new alerts added')).rings).toEqual([null, null]);
  });

  test('rings for a repetition of an Alertmanager that gives no reason, once about five minutes are over', () => {
    const steps = (at: number) => [
      { at: 0, alerts: [one('critical')] },
      { at, alerts: [one('critical')] },
    ];
    expect(life(steps(4 * minute)).rings).toEqual([null, null]);
    expect(life(steps(5 * minute)).rings).toEqual([null, 'repeated']);
  });

  test.each([['repeat interval elapsed'], [undefined]])(
    'rings when a repetition tells newer figures in its texts (reason: %s)',
    (reason) => {
      const { rings } = life([
        { at: 0, alerts: [one('critical', { annotations: { summary: '11.4% memory is left' } })] },
        {
          at: 240 * minute,
          alerts: [one('critical', { annotations: { summary: '9.8% memory is left' } })],
          ...(reason !== undefined && { reason }),
        },
      ]);
      expect(rings).toEqual([null, 'repeated']);
    },
  );

  test('does not ring for a change that is no repetition, however long after the last one it comes', () => {
    const second = one('critical', { fingerprint: 'second' });
    const secondEnded = { ...ended('critical', t0 + 19 * minute), fingerprint: 'second' };
    const { rings } = life([
      { at: 0, alerts: [one('critical')] },
      { at: 10 * minute, alerts: [one('critical'), second] },
      { at: 20 * minute, alerts: [one('critical'), secondEnded] },
      { at: 30 * minute, alerts: [again('critical', t0 + 25 * minute)] },
    ]);
    expect(rings).toEqual([null, null, null, null]);
  });

  test('does not ring for a second Alertmanager of the cluster or a delivery that is tried again', () => {
    const reason = 'repeat interval elapsed';
    const { rings } = life([
      { at: 0, alerts: [one('critical')], reason: 'first notification' },
      { at: 30_000, alerts: [one('critical')], reason: 'first notification' },
      { at: 240 * minute, alerts: [one('critical')], reason },
      { at: 240 * minute + 15_000, alerts: [one('critical')], reason },
    ]);
    expect(rings).toEqual([null, null, 'repeated', null]);
  });

  test('does not ring when the clock has jumped back', () => {
    expect(
      life([
        { at: 0, alerts: [one('critical')] },
        { at: -3 * flapMs, alerts: [one('critical')] },
      ]).rings,
    ).toEqual([null, null]);
  });
});

test('an end that was overtaken on its way is no repetition', () => {
  const { rings } = life([
    { at: 0, alerts: [again('critical', t0 + minute)] },
    { at: 10 * minute, alerts: [ended('critical', t0 + 30_000)] },
  ]);
  expect(rings).toEqual([null, null]);
});

describe('somebody has acknowledged it', () => {
  test('and is left alone when it is repeated', () => {
    const { rings, incident } = life([
      { at: 0, alerts: [one('critical')] },
      { at: 240 * minute, alerts: [one('critical')], acknowledged: true },
    ]);
    expect(rings).toEqual([null, null]);
    expect(incident.acknowledged?.username).toBe('olga');
  });

  test('and is rung all the same when it gets worse, which nobody has acknowledged yet', () => {
    const { rings, incident } = life([
      { at: 0, alerts: [one('warning')] },
      { at: minute, alerts: [one('warning'), one('critical')], acknowledged: true },
    ]);
    expect(rings).toEqual([null, 'worse']);
    expect(incident.acknowledged).toBe(undefined);
  });
});

describe('what Alertmanager keeps silent', () => {
  const silenced = (before: Incident, severities: readonly string[]): Incident => ({
    ...before,
    alerts: before.alerts.map((alert) =>
      severities.includes(alert.fingerprint) ? { ...alert, suppressed: 'silenced' } : alert,
    ),
  });

  /** An incident with these alerts, all silenced, and what then is heard of it. */
  function afterSilence(was: readonly AlertInput[], is: readonly AlertInput[], acknowledged: boolean) {
    const { incident } = life([{ at: 0, alerts: was }]);
    const before: Incident = {
      ...silenced(incident, ['warning', 'critical']),
      ...(acknowledged && { acknowledged: { personId: '5', username: 'olga', at: t0 } }),
    };
    const told = notification(is);
    const now = t0 + 30 * minute;
    const result = merge(before, told, now);
    if (result.kind === 'ignored') throw new Error(result.reason);
    return turn({ before, result, notification: told, routes: [catchAll], now }).ring;
  }

  test('does not ring', () => {
    const { incident } = life([{ at: 0, alerts: [one('warning')] }]);
    const before = silenced(incident, ['warning']);
    const result = { kind: 'updated', incident: { ...before, truncated: 1 } } as const;
    const now = t0 + 240 * minute;
    expect(turn({ before, result, notification: null, routes: [catchAll], now }).ring).toBe(null);
  });

  test('rings when it is heard again after its silence, unless somebody takes care of it', () => {
    expect(afterSilence([one('warning')], [one('warning')], false)).toBe('no longer silenced');
    expect(afterSilence([one('warning')], [one('warning')], true)).toBe(null);
  });

  test('does not keep quiet another alert of its group, least of all a more severe one', () => {
    const other = one('warning', { fingerprint: 'other' });
    expect(afterSilence([one('critical')], [other], false)).toBe('worse');
    expect(afterSilence([one('warning')], [one('critical')], true)).toBe('worse');
  });

  test('has no end that rings', () => {
    const { incident } = life([{ at: 0, alerts: [one('warning')] }], { ...catchAll, ringOnResolve: true });
    const before = silenced(incident, ['warning']);
    const over = { ...before, closedAt: t0 + minute };
    const result = { kind: 'closed', incident: over } as const;
    expect(turn({ before, result, notification: null, routes: [], now: t0 + minute }).ring).toBe(null);
  });
});

describe('an end', () => {
  const steps = [
    { at: 0, alerts: [one('critical')] },
    { at: 9 * minute, alerts: [ended('critical', t0 + 8 * minute)] },
  ];

  test('is silent, and rings where the route says so', () => {
    expect(life(steps).rings).toEqual([null, null]);
    const { rings, incident } = life(steps, { ...catchAll, ringOnResolve: true });
    expect(rings).toEqual([null, 'resolved']);
    expect(ringMessage(incident)?.headline).toEqual([expect.stringContaining('✅ resolved: NodeDown')]);
  });

  test('takes the ring away that told of what is over', () => {
    const { incident } = life([
      { at: 0, alerts: [one('warning')] },
      { at: minute, alerts: [one('warning'), one('critical')] },
      { at: 9 * minute, alerts: [ended('warning', t0 + 8 * minute), ended('critical', t0 + 8 * minute)] },
    ]);
    expect(ringMessage(incident)).toBe(undefined);
  });
});

test('whoever acknowledged it before it ended is rung when it is back', () => {
  const { rings, incident } = life([
    { at: 0, alerts: [one('critical')] },
    { at: 9 * minute, alerts: [ended('critical', t0 + 8 * minute)], acknowledged: true },
    { at: 20 * minute, alerts: [again('critical', t0 + 20 * minute)] },
  ]);
  expect(rings).toEqual([null, null, 'reopened']);
  expect(incident.acknowledged).toBe(undefined);
});

test('a ring is one line, however long the summary is, and still says since when', () => {
  const { incident } = life([
    { at: 0, alerts: [one('critical', { annotations: { summary: 'word '.repeat(200) } })] },
    { at: 240 * minute, alerts: [one('critical', { annotations: { summary: 'word '.repeat(200) } })] },
  ]);
  const message = ringMessage(incident);
  if (message === undefined) throw new Error('it does not ring');
  const { body } = render(message, { redact, replyTo: '112233445566778899' });
  expect(body.content).toMatch(
    /^🔴 nobody has acknowledged it: critical firing: NodeDown: word .*… \(began <t:\d+:R>\)$/,
  );
  expect(body.embeds).toEqual([]);
});

test.each([
  ['a route that is quiet', { ...catchAll, ring: false, ringOnResolve: true }, 'critical'],
  ['a severity that does not ring', catchAll, 'info'],
] as const)('%s never rings', (_, route, severity) => {
  const { rings } = life(
    [
      { at: 0, alerts: [one('none')] },
      { at: minute, alerts: [one('none'), one(severity)] },
      { at: 240 * minute, alerts: [one('none'), one(severity)] },
      { at: 250 * minute, alerts: [ended('none', t0 + 249 * minute), ended(severity, t0 + 249 * minute)] },
    ],
    route,
  );
  expect(rings).toEqual([null, null, null, null]);
});
