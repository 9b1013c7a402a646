// What a silence that was just made or ended changes about an incident.
import { expect, test } from '@jest/globals';
import { accountOf } from '../../../src/alerts/account.ts';
import type { Incident, KnownSilence } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import type { Notification } from '../../../src/alerts/schema.ts';
import { withoutSilence, withSilence } from '../../../src/alerts/silenced.ts';
import { turn } from '../../../src/alerts/turn.ts';
import { minute, notification, t0 } from './notifications.ts';

const matchers = [{ name: 'pod', value: 'web-1', isRegex: false, isEqual: true }];
const silence: KnownSilence = { id: 'a', matchers: ['pod="web-1"'], createdBy: 'otto', comment: '', endsAt: t0 + 1 };

function opened(): Incident {
  const alerts = ['web-1', 'web-2'].map((pod) => ({ labels: { alertname: 'Down', pod }, fingerprint: pod }));
  const merged = merge(undefined, notification(alerts), t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  return merged.incident;
}

const suppressed = ({ alerts }: Incident) => alerts.map((alert) => alert.suppressed);

test('the alerts that it covers are silenced at once, and heard again once it is ended', () => {
  const made = withSilence(opened(), silence, matchers);
  expect(suppressed(made)).toEqual(['silenced', undefined]);
  expect(withoutSilence(made, 'a')).toEqual(opened());
});

test('made twice it stands there once', () => {
  expect(withSilence(withSilence(opened(), silence, matchers), silence, matchers).silences).toEqual([silence]);
});

test('of very many those that end last are kept, and the card says that there may be more', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    ...silence,
    id: `${index}`,
    endsAt: t0 + ((index * 7) % 30),
  }));
  const made = many.reduce((incident, one) => withSilence(incident, one, matchers), opened());
  expect(made.silences?.map(({ endsAt }) => endsAt - t0)).toEqual(Array.from({ length: 25 }, (_, at) => 29 - at));
  expect(accountOf(made)).toContain('… and at least 22 more silences');
});

test('while another one is over the incident, the alerts stay silenced until Alertmanager tells which are', () => {
  const both = withSilence(withSilence(opened(), silence, matchers), { ...silence, id: 'b' }, matchers);
  const after = withoutSilence(both, 'a');
  expect(after.silences?.map(({ id }) => id)).toEqual(['b']);
  expect(suppressed(after)).toEqual(['silenced', undefined]);
});

test('of which Alertmanager notifies again it is over, whoever ended it', () => {
  const made = withSilence(opened(), silence, matchers);
  const heard = (...pods: readonly string[]) => {
    const told = notification(pods.map((pod) => ({ labels: { alertname: 'Down', pod }, fingerprint: pod })));
    const result = merge(made, told, t0 + minute);
    if (result.kind === 'ignored') throw new Error(result.reason);
    return turn({ before: made, result, notification: told, routes: [], now: t0 + minute }).result.incident;
  };
  expect(heard('web-1', 'web-2').silences).toBeUndefined();
  expect(heard('web-2').silences).toEqual([silence]);
});

test('one that is not known to be over the incident changes nothing', () => {
  const incident = opened();
  expect(withoutSilence(incident, 'other')).toBe(incident);
});

test('what is inhibited stays so', () => {
  const incident = opened();
  const alerts = incident.alerts.map((alert) => ({ ...alert, suppressed: 'inhibited' as const }));
  const after = withoutSilence({ ...incident, alerts, silences: [silence] }, 'a');
  expect(suppressed(after)).toEqual(['inhibited', 'inhibited']);
});

test('a silence of before the end is not shown over what fires again, until Alertmanager tells of it', () => {
  const alerts = ['web-1', 'web-2'].map((pod) => ({ labels: { alertname: 'Down', pod }, fingerprint: pod }));
  const silenced = { ...opened(), silences: [silence] };
  const ended = notification(alerts.map((alert) => ({ ...alert, status: 'resolved' as const })));
  const over = turned(silenced, ended, t0 + minute);
  expect(over).toMatchObject({ closedAt: t0 + minute });
  const startsAt = new Date(t0 + 2 * minute).toISOString();
  const again = notification(alerts.map((alert) => ({ ...alert, startsAt })));
  const reopened = turned({ ...over, silences: [silence] }, again, t0 + 3 * minute);
  expect(reopened.closedAt).toBeNull();
  expect([over.silences, reopened.silences]).toEqual([undefined, undefined]);
});

function turned(before: Incident, said: Notification, now: number): Incident {
  const result = merge(before, said, now);
  if (result.kind === 'ignored') throw new Error(result.reason);
  return turn({ before, result, notification: said, routes: [], now }).result.incident;
}
