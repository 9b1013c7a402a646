// What notifications do to an incident, in the order in which they really come.
import { describe, expect, test } from '@jest/globals';
import type { Incident } from '../../../src/alerts/incident.ts';
import { goneMs, type Merge, merge, reopenMs, without } from '../../../src/alerts/merge.ts';
import { minute, notification, t0 } from './notifications.ts';

const web1 = { fingerprint: '1111111111111111', labels: { alertname: 'Down', pod: 'web-1' } };
const web2 = { fingerprint: '2222222222222222', labels: { alertname: 'Down', pod: 'web-2' } };
const ended = { status: 'resolved' as const };

function incidentOf(result: Merge): Incident {
  if (result.kind === 'ignored') throw new Error(`ignored: ${result.reason}`);
  return result.incident;
}

function states(incident: Incident): Record<string, string> {
  return Object.fromEntries(incident.alerts.map((alert) => [alert.labels['pod'] ?? '', alert.state]));
}

describe('an incident', () => {
  test('opens with the first notification of a group', () => {
    const result = merge(undefined, notification([web1]), t0);
    expect(result.kind).toBe('opened');
    expect(incidentOf(result)).toMatchObject({ openedAt: t0, closedAt: null, receiver: 'discord' });
  });

  test('has an id that another process derives alike, whatever else the group holds later', () => {
    const first = incidentOf(merge(undefined, notification([web1]), t0));
    const second = incidentOf(
      merge(undefined, notification([web1, { ...web2, startsAt: '2026-11-23T21:00:00Z' }]), t0 + 5),
    );
    expect(second.id).toBe(first.id);
    expect(first.id).toMatch(/^[0-9a-f]{20}$/);
  });

  test('grows when an alert joins, and keeps its id', () => {
    const before = incidentOf(merge(undefined, notification([web1]), t0));
    const result = merge(before, notification([web1, web2]), t0 + minute);
    expect(result.kind).toBe('updated');
    expect(incidentOf(result).id).toBe(before.id);
    expect(states(incidentOf(result))).toEqual({ 'web-1': 'firing', 'web-2': 'firing' });
  });

  test('closes when the last alert is resolved', () => {
    const open = incidentOf(merge(undefined, notification([web1, web2]), t0));
    const one = incidentOf(merge(open, notification([{ ...web1, ...ended }, web2]), t0 + minute));
    expect(one.closedAt).toBeNull();
    const result = merge(one, notification([{ ...web2, ...ended }]), t0 + 2 * minute);
    expect(result.kind).toBe('closed');
    expect(states(incidentOf(result))).toEqual({ 'web-1': 'resolved', 'web-2': 'resolved' });
  });

  test('reopens when it fires again within half an hour', () => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    const closed = incidentOf(merge(open, notification([{ ...web1, ...ended }]), t0 + minute));
    const again = notification([{ ...web1, startsAt: new Date(t0 + 10 * minute).toISOString() }]);
    const result = merge(closed, again, t0 + minute + reopenMs);
    expect(result.kind).toBe('reopened');
    expect(incidentOf(result).id).toBe(open.id);
  });

  test('is a new one when it fires again later', () => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    const closed = incidentOf(merge(open, notification([{ ...web1, ...ended }]), t0 + minute));
    const later = t0 + minute + reopenMs + 1;
    const fresh = merge(closed, notification([{ ...web1, startsAt: new Date(later).toISOString() }]), later);
    expect(fresh.kind).toBe('opened');
    expect(incidentOf(fresh).id).not.toBe(open.id);
    const sameStart = merge(closed, notification([web1]), later);
    expect(incidentOf(sameStart).id).not.toBe(open.id);
  });

  test('is shown as resolved when Alertmanager never announced it as firing', () => {
    const result = merge(undefined, notification([{ ...web1, ...ended }]), t0);
    expect(result.kind).toBe('opened');
    expect(incidentOf(result).closedAt).toBe(t0);
  });

  test('is not told again when its end is repeated long after', () => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    const closed = incidentOf(merge(open, notification([{ ...web1, ...ended }]), t0 + minute));
    expect(merge(closed, notification([{ ...web1, ...ended }]), t0 + 300 * minute).kind).toBe('ignored');
  });
});

describe('a repeated or late notification', () => {
  test('that says the same changes nothing', () => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    expect(merge(open, notification([web1]), t0 + minute).kind).toBe('unchanged');
  });

  test('of another Alertmanager of the cluster, with its own address, changes nothing', () => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    const other = notification([web1], { externalURL: 'http://alertmanager-1.monitoring:9093' });
    expect(merge(open, other, t0 + minute).kind).toBe('unchanged');
  });

  test('that was overtaken by the end of its alert does not reopen it', () => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    const closed = incidentOf(merge(open, notification([{ ...web1, ...ended }]), t0 + minute));
    expect(merge(closed, notification([web1]), t0 + minute + 500).kind).toBe('ignored');
  });

  test('with the old start, a group interval after the end, means that it fires again', () => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    const closed = incidentOf(merge(open, notification([{ ...web1, ...ended }]), t0 + minute));
    expect(merge(closed, notification([web1]), t0 + 2 * minute).kind).toBe('reopened');
  });

  test('of an earlier start does not undo a later one', () => {
    const later = { ...web1, startsAt: new Date(t0 + 5 * minute).toISOString() };
    const open = incidentOf(merge(undefined, notification([later]), t0 + 5 * minute));
    const result = merge(open, notification([{ ...web1, ...ended }]), t0 + 6 * minute);
    expect(states(incidentOf(result))).toEqual({ 'web-1': 'firing' });
  });

  test('is believed although the clock was set back', () => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    const closed = incidentOf(merge(open, notification([{ ...web1, ...ended }]), t0 + 60 * minute));
    expect(merge(closed, notification([web1]), t0).kind).toBe('reopened');
  });
});

describe('two Prometheuses or Alertmanagers that tell of one alert with different starts', () => {
  const at = (ms: number) => new Date(t0 + ms).toISOString();
  const laterStart = { ...web1, startsAt: at(6_000) };
  const open = incidentOf(merge(undefined, notification([laterStart]), t0 + 10_000));
  const end = notification([{ ...web1, ...ended, endsAt: at(5 * minute) }]);

  test('end it where the earlier start is that of the end, which reached past the later start', () => {
    const result = merge(open, end, t0 + 5 * minute);
    expect(result.kind).toBe('closed');
    expect(incidentOf(result).alerts).toMatchObject([{ state: 'resolved', endsAt: t0 + 5 * minute }]);
    expect(merge(incidentOf(result), end, t0 + 6 * minute).kind).toBe('ignored');
  });

  test('tell the end of what is no longer reported', () => {
    const alerts = open.alerts.map((alert) => ({ ...alert, state: 'no longer reported' as const }));
    const result = merge({ ...open, alerts, closedAt: t0 + 4 * minute }, end, t0 + 5 * minute);
    expect(incidentOf(result).alerts).toMatchObject([{ state: 'resolved', endsAt: t0 + 5 * minute }]);
  });

  test('change nothing by telling in turns that it fires', () => {
    expect(merge(open, notification([web1]), t0 + minute).kind).toBe('unchanged');
    const missing = incidentOf(merge(open, notification([web2]), t0 + minute));
    const result = incidentOf(merge(missing, notification([web1, web2]), t0 + 2 * minute));
    expect(states(result)).toEqual({ 'web-1': 'firing', 'web-2': 'firing' });
    expect(result.alerts[0]?.startsAt).toBe(t0 + 6_000);
  });

  test('reopen it where one goes on after the end that the other told, and not where that was overtaken', () => {
    const closed = incidentOf(
      merge(open, notification([{ ...laterStart, ...ended, endsAt: at(minute) }]), t0 + minute),
    );
    expect(merge(closed, notification([web1]), t0 + minute + 500).kind).toBe('ignored');
    expect(merge(closed, notification([web1]), t0 + 3 * minute).kind).toBe('reopened');
  });
});

describe('an alert that a notification lacks', () => {
  const open = incidentOf(merge(undefined, notification([web1, web2]), t0));

  test('is "not in the last notification", and the incident stays open', () => {
    const result = incidentOf(merge(open, notification([web1]), t0 + minute));
    expect(states(result)).toEqual({ 'web-1': 'firing', 'web-2': 'not in the last notification' });
    const rest = incidentOf(merge(result, notification([{ ...web1, ...ended }]), t0 + 2 * minute));
    expect(rest.closedAt).toBeNull();
  });

  test('is "no longer reported" when another one lacks it five minutes later', () => {
    const first = incidentOf(merge(open, notification([web1]), t0 + minute));
    const early = incidentOf(merge(first, notification([web1]), t0 + minute + goneMs - 1));
    expect(states(early)['web-2']).toBe('not in the last notification');
    const late = incidentOf(merge(first, notification([{ ...web1, ...ended }]), t0 + minute + goneMs));
    expect(states(late)).toEqual({ 'web-1': 'resolved', 'web-2': 'no longer reported' });
    expect(late.closedAt).toBe(t0 + minute + goneMs);
  });

  test('fires on when a later one holds it again', () => {
    const first = incidentOf(merge(open, notification([web1]), t0 + minute));
    const result = incidentOf(merge(first, notification([web1, web2]), t0 + 2 * minute));
    expect(states(result)).toEqual({ 'web-1': 'firing', 'web-2': 'firing' });
    expect(result.alerts[1]?.missingSince).toBeNull();
  });
});

describe('a notification that max_alerts has cut', () => {
  test('closes nothing, although it says "resolved"', () => {
    const open = incidentOf(merge(undefined, notification([web1], { truncatedAlerts: 280 }), t0));
    const result = incidentOf(
      merge(open, notification([{ ...web1, ...ended }], { truncatedAlerts: 280, status: 'resolved' }), t0 + minute),
    );
    expect(result.closedAt).toBeNull();
    expect(result.truncated).toBe(280);
  });

  test('says nothing about the alerts that it lacks', () => {
    const open = incidentOf(merge(undefined, notification([web1, web2]), t0));
    const result = incidentOf(merge(open, notification([web1], { truncatedAlerts: 1 }), t0 + minute));
    expect(states(result)).toEqual({ 'web-1': 'firing', 'web-2': 'firing' });
  });
});

test('an incident of Grafana is known as such, whatever comes of it', () => {
  const open = incidentOf(merge(undefined, notification([web1], { version: '1' }), t0));
  expect(open.source).toBe('grafana');
  const closed = incidentOf(merge(open, notification([{ ...web1, ...ended }], { version: '1' }), t0 + minute));
  expect(closed.source).toBe('grafana');
  expect(incidentOf(merge(undefined, notification([web1]), t0)).source).toBeUndefined();
});

describe('a test of a contact point of Grafana', () => {
  const of = (key: string) => notification([web1], { version: '1', groupKey: key, orgId: 1 });
  const told = of('test-57c6d9296de2ad39-1704924478');

  test('is over as soon as it is shown, for Grafana tells no end of it', () => {
    const result = merge(undefined, told, t0 + minute);
    expect(result.kind).toBe('opened');
    expect(incidentOf(result)).toMatchObject({ closedAt: t0 + minute, alerts: [{ state: 'resolved' }] });
  });

  test('is shown once, however often it is delivered', () => {
    const shown = incidentOf(merge(undefined, told, t0 + minute));
    expect(merge(shown, told, t0 + 2 * minute).kind).toBe('ignored');
  });

  test('is told from an alert of Grafana, and from a group of Alertmanager', () => {
    expect(incidentOf(merge(undefined, of('{}:{alertname="Down"}'), t0)).closedAt).toBeNull();
    expect(incidentOf(merge(undefined, notification([web1], { groupKey: 'test-1' }), t0)).closedAt).toBeNull();
  });
});

test('an incident that never ends forgets the alerts that ended a day ago', () => {
  let incident = incidentOf(merge(undefined, notification([web1, web2]), t0));
  incident = incidentOf(merge(incident, notification([{ ...web1, ...ended }, web2]), t0 + minute));
  incident = incidentOf(merge(incident, notification([web2]), t0 + 26 * 60 * minute));
  expect(states(incident)).toEqual({ 'web-2': 'firing' });
});

test('the alert that always fires is left out', () => {
  const watchdog = { fingerprint: '3333333333333333', labels: { alertname: 'Watchdog' } };
  expect(without(notification([watchdog]), 'Watchdog')).toBeNull();
  expect(without(notification([watchdog, web1]), 'Watchdog')?.alerts).toHaveLength(1);
});

describe('what was known from its absence alone', () => {
  const gone = (closedAt: number): Incident => {
    const open = incidentOf(merge(undefined, notification([web1]), t0));
    const alerts = open.alerts.map((alert) => ({ ...alert, state: 'no longer reported' as const }));
    return { ...open, alerts, closedAt };
  };

  test.each([
    ['soon', minute],
    ['long after', 300 * minute],
  ])('takes its end from a notification that comes %s, in the same incident', (_when, after) => {
    const before = gone(t0 + minute);
    const result = merge(before, notification([{ ...web1, ...ended }]), t0 + minute + after);
    expect(result.kind).toBe('updated');
    expect(incidentOf(result)).toMatchObject({ id: before.id, alerts: [{ state: 'resolved', endsAt: t0 + minute }] });
    expect(incidentOf(result).closedAt).not.toBeNull();
  });

  test('is not told again when that notification is repeated', () => {
    const told = incidentOf(merge(gone(t0 + minute), notification([{ ...web1, ...ended }]), t0 + 2 * minute));
    expect(merge(told, notification([{ ...web1, ...ended }]), t0 + 3 * minute).kind).toBe('ignored');
  });
});

test('an alert that is silenced goes on, although notifications leave it out', () => {
  const open = incidentOf(merge(undefined, notification([web1, web2]), t0));
  const [first, second] = open.alerts;
  if (first === undefined || second === undefined) throw new Error('two alerts');
  const silenced: Incident = { ...open, alerts: [{ ...first, suppressed: 'silenced' }, second] };
  let incident = silenced;
  for (let turn = 1; turn < 4; turn += 1)
    incident = incidentOf(merge(incident, notification([web2]), t0 + turn * goneMs));
  expect(incident.alerts[0]).toEqual(silenced.alerts[0]);
  const heard = incidentOf(merge(incident, notification([web1, web2]), t0 + 20 * minute));
  expect(heard.alerts[0]).not.toHaveProperty('suppressed');
});
