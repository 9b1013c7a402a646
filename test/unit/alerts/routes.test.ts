// Which channel and whom, by the routes of the configuration.
import { describe, expect, test } from '@jest/globals';
import type { Incident } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { chooseDestination, type Route } from '../../../src/alerts/routes.ts';
import { type AlertInput, notification, t0 } from './notifications.ts';

function incident(...alerts: AlertInput[]): Incident {
  const result = merge(undefined, notification(alerts), t0);
  if (result.kind === 'ignored') throw new Error(result.reason);
  return result.incident;
}

const critical = { labels: { alertname: 'Down', severity: 'critical', namespace: 'shop' } };
const info = { labels: { alertname: 'Note', severity: 'info' }, fingerprint: 'bbbbbbbbbbbbbbbb' };
const routes: Route[] = [
  { match: { severity: 'critical', namespace: /^media/ }, channel: 'media', mention: [] },
  { match: { severity: 'critical' }, channel: 'pager', mention: ['role-1'] },
];

describe('an incident goes', () => {
  test('to the first route of which one alert carries all labels', () => {
    expect(chooseDestination(incident(info, critical), routes, 'alerts')).toEqual({
      channelId: 'pager',
      mentionRoles: ['role-1'],
      ring: true,
    });
  });

  test('to the default channel when no single alert carries all labels of a route', () => {
    const media = { labels: { alertname: 'Note', namespace: 'media' }, fingerprint: 'cccccccccccccccc' };
    const both = incident(media, { labels: { alertname: 'Down', severity: 'critical' } });
    expect(chooseDestination(both, routes.slice(0, 1), 'alerts').channelId).toBe('alerts');
  });

  test('by labels that an object would have by itself only where the alert has them', () => {
    const route: Route = { match: { constructor: /./ }, channel: 'odd', mention: [] };
    expect(chooseDestination(incident(critical), [route], 'alerts').channelId).toBe('alerts');
  });
});

describe('it rings', () => {
  test('for critical and warning, not for what is less', () => {
    expect(chooseDestination(incident(critical), [], 'alerts').ring).toBe(true);
    expect(chooseDestination(incident(info), [], 'alerts').ring).toBe(false);
  });

  test('as the route says', () => {
    const quiet: Route = { match: { severity: 'critical' }, channel: 'pager', mention: [], ring: false };
    expect(chooseDestination(incident(critical), [quiet], 'alerts').ring).toBe(false);
  });

  test('nobody when all of it is over already', () => {
    const over = { ...critical, status: 'resolved' as const };
    expect(chooseDestination(incident(over), routes, 'alerts')).toEqual({
      channelId: 'pager',
      mentionRoles: [],
      ring: false,
    });
  });
});
