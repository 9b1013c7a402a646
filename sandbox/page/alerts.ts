// The six alerts of the homelab's specification as the page fires them: each about one thing, most about a second one too.
import type { Alertmanager } from '../alertmanager/alertmanager.ts';
import type { Labels } from '../alertmanager/fingerprint.ts';
import { aboutAnother, type HomelabAlert, homelabAlerts, worse } from '../alertmanager/homelab-alerts.ts';
import type { PageAlert } from './web/protocol.ts';

/** What is different about the second thing; there is one database only. */
const second: Readonly<Record<keyof typeof homelabAlerts, Labels | null>> = {
  nodeDown: { instance: '100.64.0.12:9100', node: 'desktop-2' },
  nodeMemoryLow: { instance: '100.64.0.13:9100', node: 'desktop-3' },
  nodeDiskSpaceLow: { device: '/dev/sda1', instance: '100.64.0.11:9100', node: 'desktop-1' },
  podFailed: { pod: 'laravel-multi-tenant-6d5f9c7b8-9wz5k' },
  laravelSlowResponses: { service: 'laravel-apps-laravel-admin-service-80@kubernetes' },
  mysqlDown: null,
};

export const alertKeys = Object.keys(homelabAlerts) as (keyof typeof homelabAlerts)[];
export type AlertKey = (typeof alertKeys)[number];

function thingsOf(key: AlertKey): HomelabAlert[] {
  const first: HomelabAlert = homelabAlerts[key];
  const changed = second[key];
  return changed === null ? [first] : [first, aboutAnother(first, changed)];
}

function fires(alertmanager: Alertmanager, { labels }: HomelabAlert): boolean {
  const names = Object.keys(labels);
  return alertmanager.firing.some((one) => names.every((name) => one[name] === labels[name]));
}

/** Fires it about one thing more. @returns what about; null when it fires about all of them. */
export function fireOneMore(alertmanager: Alertmanager, key: AlertKey): HomelabAlert | null {
  const next = thingsOf(key).find((thing) => !fires(alertmanager, thing));
  if (next === undefined) return null;
  alertmanager.fire(next.labels, next.annotations);
  return next;
}

/** What fires besides once the first thing has got worse; null for what is critical anyway. */
function worseOf(key: AlertKey): HomelabAlert | null {
  const alert: HomelabAlert = homelabAlerts[key];
  return alert.labels['severity'] === 'critical' ? null : worse(alert);
}

/** Lets a warning that fires get worse. @returns whether it could. */
export function makeWorse(alertmanager: Alertmanager, key: AlertKey): boolean {
  const next = worseOf(key);
  if (next === null || fires(alertmanager, next) || !fires(alertmanager, homelabAlerts[key])) return false;
  alertmanager.fire(next.labels, next.annotations);
  return true;
}

/** Resolves it about everything. @returns what about; empty when it does not fire. */
export function resolveAll(alertmanager: Alertmanager, key: AlertKey): readonly HomelabAlert[] {
  const things = [...thingsOf(key), worseOf(key)].filter((thing) => thing !== null);
  const firing = things.filter((thing) => fires(alertmanager, thing));
  for (const { labels } of firing) alertmanager.resolve(labels);
  return firing;
}

/** The node that is lost while this alert fires; null where it is about something else. */
export function lostNodeOf({ labels }: HomelabAlert): string | null {
  return labels['alertname'] === 'NodeDown' ? (labels['node'] ?? null) : null;
}

export function pageAlerts(alertmanager: Alertmanager): PageAlert[] {
  return alertKeys.map((key) => {
    const things = thingsOf(key);
    const { labels, annotations }: HomelabAlert = homelabAlerts[key];
    const worst = worseOf(key);
    return {
      key,
      name: labels['alertname'] ?? key,
      severity: labels['severity'] ?? '',
      summary: annotations['summary'] ?? '',
      firing: things.filter((thing) => fires(alertmanager, thing)).length,
      things: things.length,
      worse: worst && fires(alertmanager, worst),
    };
  });
}
