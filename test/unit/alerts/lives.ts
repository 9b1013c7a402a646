// An incident's life as notifications tell it, for tests about ringing.
import type { Incident } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import type { Route } from '../../../src/alerts/routes.ts';
import { turn } from '../../../src/alerts/turn.ts';
import { type AlertInput, notification, t0 } from './notifications.ts';

export const catchAll: Route = { match: {}, channel: '1', mention: ['7'] };
export const one = (severity: string, more: AlertInput = {}): AlertInput => ({
  fingerprint: severity,
  labels: { alertname: 'NodeDown', severity },
  ...more,
});
export const ended = (severity: string, at: number): AlertInput =>
  one(severity, { status: 'resolved', endsAt: new Date(at).toISOString() });
export const again = (severity: string, at: number): AlertInput =>
  one(severity, { startsAt: new Date(at).toISOString() });

/** An incident's life: each step is a notification, some time after the first; what rang at each of them. */
export function life(
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
