// Groups that come and go: what is news in them, and how often they ring.
import { describe, expect, test } from '@jest/globals';
import { escalationOf } from '../../../src/alerts/ring.ts';
import { ringMessage } from '../../../src/alerts/ring-message.ts';
import { again, catchAll, ended, life, one } from './lives.ts';
import { type AlertInput, minute, t0 } from './notifications.ts';

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
