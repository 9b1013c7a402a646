// What a notification that was taken is about, for the ledger and for the log.
import { priorities } from '../cards/card.ts';
import { shortened } from '../lib/shortened.ts';
import { type Incident, provisionalKey, worstSeverity } from './incident.ts';
import type { Merge } from './merge.ts';
import { formerKeyOf, type Notification } from './schema.ts';
import type { AlertStore } from './store.ts';

/** The incident that a notification is about, open or closed: its group's, or a provisional one that came before it was known. */
export async function incidentOf(
  from: Pick<AlertStore, 'latest' | 'provisional'>,
  notification: Notification,
): Promise<Incident | undefined> {
  const { receiver, groupKey, groupLabels, alerts } = notification;
  const latest = (await from.latest(receiver, groupKey)) ?? (await formerOf(from, notification));
  if (latest?.closedAt === null) return latest;
  const fingerprints = alerts.map((alert) => alert.fingerprint);
  const provisional = await from.provisional(receiver, provisionalKey(groupLabels), fingerprints);
  if (provisional === undefined || (latest !== undefined && latest.openedAt > provisional.openedAt)) return latest;
  return provisional;
}

/** An open incident that an older version wrote goes on under its new key: nothing else would ever end it. */
async function formerOf(from: Pick<AlertStore, 'latest'>, notification: Notification): Promise<Incident | undefined> {
  const key = formerKeyOf(notification);
  const former = key === null ? undefined : await from.latest(notification.receiver, key);
  if (former?.closedAt !== null) return undefined;
  const told = new Set(notification.alerts.map((alert) => alert.fingerprint));
  return former.alerts.some(({ fingerprint }) => told.has(fingerprint)) ? former : undefined;
}

/** Names a group. */
export function keyOf({ receiver, groupKey }: Pick<Notification, 'receiver' | 'groupKey'>): string {
  return JSON.stringify([receiver, groupKey]);
}

/** What a log line says of a notification; a groupKey holds label values of any length. */
export function aboutIn({ receiver, groupKey, status, alerts }: Notification) {
  return { receiver, groupKey: shortened(groupKey, 300), status, alerts: alerts.length };
}

/** For the log; nothing where it changes no incident. */
export function refOf(result: Merge): { readonly ref?: string } {
  return result.kind === 'ignored' ? {} : { ref: result.incident.id };
}

/** How urgent the card of what has changed is. */
export function priorityOf({ kind, incident }: Exclude<Merge, { kind: 'ignored' }>): number {
  if (incident.closedAt !== null) return priorities.end;
  if (kind === 'updated' || kind === 'unchanged') return priorities.refresh;
  const severity = worstSeverity(incident.alerts);
  if (severity === 'critical') return priorities.critical;
  return severity === 'warning' ? priorities.warning : priorities.notice;
}
