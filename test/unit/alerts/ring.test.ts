// When people are rung again about an incident, and when they are left alone.
import { describe, expect, test } from '@jest/globals';
import type { Incident, Ringing } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { escalationOf, flapMs } from '../../../src/alerts/ring.ts';
import { ringMessage } from '../../../src/alerts/ring-message.ts';
import type { Route } from '../../../src/alerts/routes.ts';
import { critical, rung, turn } from '../../../src/alerts/turn.ts';
import { render } from '../../../src/discord/message.ts';
import { redact } from '../../../src/lib/redact.ts';
import { type AlertInput, minute, notification, t0 } from './notifications.ts';

const catchAll: Route = { match: {}, channel: '1', mention: ['7'] };
const one = (severity: string, more: AlertInput = {}): AlertInput => ({
  fingerprint: severity,
  labels: { alertname: 'NodeDown', severity },
  ...more,
});
const ended = (severity: string, at: number): AlertInput =>
  one(severity, { status: 'resolved', endsAt: new Date(at).toISOString() });
const again = (severity: string, at: number): AlertInput => one(severity, { startsAt: new Date(at).toISOString() });

/** An incident's life: each step is a notification, some time after the first; what rang at each of them. */
function life(
  steps: readonly {
    readonly at: number;
    readonly alerts: readonly AlertInput[];
    readonly truncatedAlerts?: number;
    readonly reason?: string;
    readonly acknowledged?: true;
  }[],
  route: Route = catchAll,
): { readonly rings: readonly (string | null)[]; readonly incident: Incident } {
  let incident: Incident | undefined;
  const rings = steps.map(({ at, alerts, truncatedAlerts = 0, reason, acknowledged }) => {
    const now = t0 + at;
    if (acknowledged && incident !== undefined) {
      incident = { ...incident, acknowledged: { personId: '5', username: 'olga', at: now } };
    }
    const told = notification(alerts, {
      truncatedAlerts,
      ...(reason !== undefined && { notification_reason: reason }),
    });
    const result = merge(incident, told, now);
    if (result.kind === 'ignored') return null;
    const turned = turn({ before: incident, result, notification: told, routes: [route], now });
    incident = turned.result.incident;
    return turned.ring;
  });
  if (incident === undefined) throw new Error('nothing was opened');
  return { rings, incident };
}

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

test('a group that flaps rings at most once an hour, and again after it', () => {
  const flap = (at: number) => {
    const startsAt = new Date(at === 10 * minute ? t0 : t0 + at - 9 * minute).toISOString();
    const end = one('critical', { status: 'resolved', startsAt, endsAt: new Date(t0 + at).toISOString() });
    return [
      { at, alerts: [end] },
      { at: at + minute, alerts: [again('critical', t0 + at + minute)] },
    ];
  };
  const { rings, incident } = life([
    { at: 0, alerts: [one('critical')] },
    ...[10, 20, 30, 40, 50, 60, 70, 80].flatMap((at) => flap(at * minute)),
  ]);
  expect(rings.flatMap((reason, step) => (reason === null ? [] : [[step, reason]]))).toEqual([
    [2, 'reopened'],
    [14, 'reopened'],
  ]);
  expect(incident.history?.flapped).toBe(8);
});

test('a group whose critical alert comes and goes rings for it at most once an hour', () => {
  const warning = one('warning');
  const critical = (at: number) =>
    [
      { at, alerts: [warning, again('critical', t0 + at)] },
      {
        at: at + 5 * minute,
        alerts: [
          warning,
          { ...again('critical', t0 + at), status: 'resolved', endsAt: new Date(t0 + at + 1).toISOString() },
        ],
      },
    ] as const;
  const { rings } = life([{ at: 0, alerts: [warning] }, ...[10, 20, 30, 85].flatMap((at) => critical(at * minute))]);
  expect(rings).toEqual([null, 'worse', null, 'worse', null, null, null, 'worse', null]);
});

test('a group that flaps rings within the hour when it has become worse than it was then', () => {
  const { rings } = life([
    { at: 0, alerts: [one('warning')] },
    { at: 10 * minute, alerts: [ended('warning', t0 + 9 * minute)] },
    { at: 20 * minute, alerts: [again('warning', t0 + 20 * minute)] },
    { at: 30 * minute, alerts: [again('warning', t0 + 20 * minute), again('critical', t0 + 30 * minute)] },
  ]);
  expect(rings).toEqual([null, null, 'reopened', 'worse']);
});

test('a group whose notifications are cut, and of which all that is known is over, is back when it fires again', () => {
  const cut = { truncatedAlerts: 280 };
  const route = { ...catchAll, escalate: { afterMs: 15 * minute, mention: ['9'] } };
  const first = [
    { at: 0, alerts: [one('critical')], ...cut },
    { at: 5 * minute, alerts: [ended('critical', t0 + 4 * minute)], ...cut, acknowledged: true as const },
  ];
  const { rings, incident } = life(
    [...first, { at: 600 * minute, alerts: [again('critical', t0 + 600 * minute)], ...cut }],
    route,
  );
  expect(rings).toEqual([null, null, 'reopened']);
  expect(incident.acknowledged).toBe(undefined);
  expect(escalationOf(incident)?.at).toBe(t0 + 615 * minute);
});

describe('an alert that a group which flaps has never had', () => {
  const named = (alertname: string, severity: string, at: number, more: AlertInput = {}): AlertInput => ({
    fingerprint: `${alertname} ${severity}`,
    labels: { alertname, severity },
    startsAt: new Date(t0 + at).toISOString(),
    ...more,
  });
  const endOf = (alert: AlertInput, at: number): AlertInput => ({
    ...alert,
    status: 'resolved',
    endsAt: new Date(t0 + at).toISOString(),
  });
  const cpu = (at: number) => named('CpuHigh', 'critical', at);
  const flapped = [
    { at: 0, alerts: [cpu(0)] },
    { at: 5 * minute, alerts: [endOf(cpu(0), 5 * minute)] },
    { at: 10 * minute, alerts: [cpu(10 * minute)] },
    { at: 15 * minute, alerts: [endOf(cpu(10 * minute), 15 * minute)] },
  ];

  test('rings although another rang within the hour, and does not count as the group being back', () => {
    const { rings, incident } = life([
      ...flapped,
      { at: 20 * minute, alerts: [named('MysqlDown', 'critical', 20 * minute)] },
    ]);
    expect(rings).toEqual([null, null, 'reopened', null, 'another alert']);
    expect(incident.history?.flapped).toBe(1);
    expect(ringMessage(incident)?.headline).toEqual([expect.stringContaining('🔴 new: critical firing: MysqlDown')]);
  });

  test('is not called "again" either where it is the first to fire after an end', () => {
    const { rings } = life([
      { at: 0, alerts: [named('Slow', 'warning', 0)] },
      { at: 5 * minute, alerts: [endOf(named('Slow', 'warning', 0), 5 * minute)] },
      { at: 10 * minute, alerts: [named('Other', 'warning', 10 * minute)] },
    ]);
    expect(rings).toEqual([null, null, 'another alert']);
  });

  test('rings in a group that goes on, too, and then has to be acknowledged anew', () => {
    const slow = named('Slow', 'warning', 0);
    const comesAndGoes = [10, 20].flatMap((at) => [
      { at: at * minute, alerts: [slow, cpu(at * minute)] },
      { at: (at + 5) * minute, alerts: [slow, endOf(cpu(at * minute), (at + 5) * minute)] },
    ]);
    const { rings, incident } = life([
      { at: 0, alerts: [slow] },
      ...comesAndGoes,
      { at: 30 * minute, alerts: [slow, named('MysqlDown', 'critical', 30 * minute)], acknowledged: true },
    ]);
    expect(rings).toEqual([null, 'worse', null, 'worse', null, 'worse']);
    expect(incident.acknowledged).toBe(undefined);
  });

  test.each([
    ['whose pod has a new name', { pod: 'web-9' }, null],
    ['on another node', { node: 'desktop-2' }, 'another alert'],
  ])('is judged by its name, severity and node: the same one %s', (_, labels, ring) => {
    const other = named('CpuHigh', 'critical', 20 * minute, {
      fingerprint: 'other',
      labels: { alertname: 'CpuHigh', severity: 'critical', ...labels },
    });
    expect(life([...flapped, { at: 20 * minute, alerts: [other] }]).rings.at(-1)).toBe(ring);
  });

  test('leaves the group quiet where it is less severe than what is back with it', () => {
    const both = [cpu(20 * minute), named('Slow', 'warning', 20 * minute)];
    expect(life([...flapped, { at: 20 * minute, alerts: both }]).rings.at(-1)).toBe(null);
  });
});

test('a group that flaps does not ring for each of its ends either, where the route rings for ends', () => {
  const { rings } = life(
    [
      { at: 0, alerts: [one('critical')] },
      { at: 10 * minute, alerts: [ended('critical', t0 + 9 * minute)] },
      { at: 20 * minute, alerts: [again('critical', t0 + 20 * minute)] },
      { at: 30 * minute, alerts: [{ ...again('critical', t0 + 20 * minute), status: 'resolved' }] },
    ],
    { ...catchAll, ringOnResolve: true },
  );
  expect(rings).toEqual([null, 'resolved', 'reopened', null]);
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
