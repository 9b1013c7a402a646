// What a notification changes about an incident: pure, and tolerant of repeated, late and cut notifications.
import { type Incident, incidentId, isOpen, isTestKey, type KnownAlert } from './incident.ts';
import type { Labels, Notification, NotifiedAlert } from './schema.ts';

/** Firing again within this long after its end, an incident reopens; later it is a new one. */
export const reopenMs = 30 * 60_000;

/** A second notification without an alert, at least this long after the first one, means that it is no longer reported. */
export const goneMs = 5 * 60_000;

/**
 * Alertmanager sends a group's next notification one `group_interval` after the last, so that "firing" right behind "resolved" of the same
 * start can only have been overtaken on its way; later than this the alert fires again under its old `startsAt`, as after a restart of Prometheus.
 */
export const lateMs = 10_000;

/** How far Prometheus' clock may be ahead of ours. */
const clockMarginMs = 60_000;

/** How long, and how many of them, an incident that goes on keeps its alerts that have ended. */
const keptEnded = { ms: 24 * 3_600_000, count: 1000 };

export type Merge =
  | { readonly kind: 'opened' | 'updated' | 'reopened' | 'closed'; readonly incident: Incident }
  /** Nothing that a reader could see has changed. */
  | { readonly kind: 'unchanged'; readonly incident: Incident }
  /** Nothing is left to tell: resolved alerts of an incident that ended before. */
  | { readonly kind: 'ignored'; readonly reason: string };

/**
 * @param latest the newest incident of the same receiver and groupKey, open or closed.
 * @param now milliseconds since 1970.
 */
export function merge(latest: Incident | undefined, told: Notification, now: number): Merge {
  const notification = told.version === '1' && isTestKey(told.groupKey) ? ended(told, now) : told;
  if (latest === undefined) return open(notification, null, now);
  if (latest.closedAt === null) return update(latest, notification, now);
  if (saysNothingNew(latest, notification, now)) return { kind: 'ignored', reason: 'the incident has ended' };
  if (now - latest.closedAt <= reopenMs || tellsEnds(latest, notification)) return update(latest, notification, now);
  return open(notification, latest.closedAt, now);
}

/** Grafana tells no end of what its test of a contact point sends. */
function ended(told: Notification, now: number): Notification {
  return { ...told, alerts: told.alerts.map((alert) => ({ ...alert, status: 'resolved', endsAt: now })) };
}

function open(notification: Notification, after: number | null, now: number): Merge {
  if (notification.alerts.length === 0) return { kind: 'ignored', reason: 'it holds no alert' };
  const incident: Incident = {
    id: incidentId(notification, after),
    ...(notification.version === '1' && { source: 'grafana' }),
    receiver: notification.receiver,
    groupKey: notification.groupKey,
    groupLabels: notification.groupLabels,
    externalURL: notification.externalURL,
    openedAt: now,
    closedAt: null,
    truncated: notification.truncatedAlerts,
    alerts: unique(notification.alerts).map((alert) => heard(undefined, alert, now)),
  };
  return { kind: 'opened', incident: closeIfOver(incident, now) };
}

function update(before: Incident, notification: Notification, now: number): Merge {
  const mentioned = new Map(unique(notification.alerts).map((alert) => [alert.fingerprint, alert]));
  const known = before.alerts.map((alert) => {
    const said = mentioned.get(alert.fingerprint);
    if (said !== undefined) return heard(alert, said, now);
    return notification.truncatedAlerts > 0 ? alert : unmentioned(alert, now);
  });
  const fingerprints = new Set(before.alerts.map((alert) => alert.fingerprint));
  const joined = [...mentioned.values()].filter((alert) => !fingerprints.has(alert.fingerprint));
  const after = closeIfOver(
    {
      ...before,
      closedAt: null,
      // A provisional incident has none of Alertmanager's yet.
      groupKey: notification.groupKey,
      groupLabels: notification.groupLabels,
      externalURL: notification.externalURL,
      truncated: notification.truncatedAlerts,
      alerts: forgetEnded([...known, ...joined.map((alert) => heard(undefined, alert, now))], now),
    },
    now,
  );
  const kind = outcome(before, after);
  // The alerts as they were: thousands that show the same need no writing.
  return { kind, incident: kind === 'unchanged' ? { ...after, alerts: before.alerts } : after };
}

function outcome(before: Incident, after: Incident): 'updated' | 'reopened' | 'closed' | 'unchanged' {
  if (before.closedAt !== null && after.closedAt === null) return 'reopened';
  if (before.closedAt === null && after.closedAt !== null) return 'closed';
  return showsTheSame(before, after) ? 'unchanged' : 'updated';
}

function showsTheSame(before: Incident, after: Incident): boolean {
  if (before.truncated !== after.truncated) return false;
  // Alertmanagers of one cluster may each give an address of their own, in turns.
  if ((before.externalURL === '') !== (after.externalURL === '')) return false;
  if (before.groupKey !== after.groupKey) return false;
  if (before.alerts.length !== after.alerts.length) return false;
  // One by one: a group can hold many thousands.
  return after.alerts.every((alert, index) => {
    const known = before.alerts[index];
    return known === alert || (known !== undefined && showsAlike(known, alert));
  });
}

function showsAlike(a: KnownAlert, b: KnownAlert): boolean {
  return (
    a.fingerprint === b.fingerprint &&
    a.state === b.state &&
    a.suppressed === b.suppressed &&
    a.startsAt === b.startsAt &&
    a.endsAt === b.endsAt &&
    a.valueString === b.valueString &&
    sameTexts(a.labels, b.labels) &&
    sameTexts(a.annotations, b.annotations)
  );
}

function sameTexts(a: Labels, b: Labels): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}

function heard(known: KnownAlert | undefined, said: NotifiedAlert, now: number): KnownAlert {
  if (known !== undefined && isLate(known, said, now)) return { ...known, seenAt: now };
  const resolved = said.status === 'resolved';
  const dashboardURL = said.panelURL || said.dashboardURL;
  return {
    fingerprint: said.fingerprint,
    labels: said.labels,
    annotations: said.annotations,
    generatorURL: said.generatorURL,
    ...(dashboardURL && { dashboardURL }),
    ...(said.silenceURL && { silenceURL: said.silenceURL }),
    ...(said.valueString && { valueString: said.valueString }),
    // The later one, or two that tell of it in turns would each change it.
    startsAt: Math.max(said.startsAt, known?.startsAt ?? said.startsAt),
    endsAt: resolved ? believableEnd(said, now) : null,
    state: said.status,
    missingSince: null,
    seenAt: now,
  };
}

/** One before the start, in the future, or none at all is no end that one could show: that it was told is. */
function believableEnd({ startsAt, endsAt }: NotifiedAlert, now: number): number {
  return endsAt >= startsAt && endsAt <= now + clockMarginMs ? endsAt : now;
}

/**
 * An earlier start is not by itself late: two Prometheuses evaluate seconds apart, Alertmanager joins what overlaps under the earliest start, and one
 * that was started anew knows only a later one.
 */
function isLate(known: KnownAlert, said: NotifiedAlert, now: number): boolean {
  if (said.startsAt > known.startsAt) return false;
  if (said.status === 'resolved') {
    if (!isOfTheSame(known, said)) return true;
    return known.state === 'resolved' && known.endsAt !== null && said.endsAt <= known.endsAt;
  }
  const elapsed = now - known.seenAt;
  return known.state === 'resolved' && elapsed >= 0 && elapsed < lateMs;
}

/** Whether an end that is told with this start or an earlier one is that of what is known: one before its start is of an earlier time. */
function isOfTheSame(known: KnownAlert, said: NotifiedAlert): boolean {
  return said.startsAt === known.startsAt || (said.startsAt < known.startsAt && said.endsAt > known.startsAt);
}

function unmentioned(alert: KnownAlert, now: number): KnownAlert {
  if (!isOpen(alert)) return alert;
  // A notification leaves out what is silenced or inhibited; its end is found out from the list.
  if (alert.suppressed !== undefined) return alert;
  if (alert.missingSince === null) return { ...alert, state: 'not in the last notification', missingSince: now };
  if (now - alert.missingSince < goneMs) return alert;
  return { ...alert, state: 'no longer reported' };
}

/** Closes an incident of which nothing is open any more. */
export function closeIfOver(incident: Incident, now: number): Incident {
  // max_alerts cuts before the status is worked out: a cut notification says nothing about the group's end.
  const over = incident.truncated === 0 && !incident.alerts.some(isOpen);
  return over ? { ...incident, closedAt: incident.closedAt ?? now } : incident;
}

function saysNothingNew(latest: Incident, notification: Notification, now: number): boolean {
  const known = new Map(latest.alerts.map((alert) => [alert.fingerprint, alert]));
  return notification.alerts.every((said) => {
    const alert = known.get(said.fingerprint);
    if (alert === undefined) return false;
    if (said.status === 'firing') return isLate(alert, said, now);
    return alert.startsAt >= said.startsAt && !isEndOf(alert, said);
  });
}

/** Nothing but when alerts ended of which only their absence was known. */
function tellsEnds(latest: Incident, notification: Notification): boolean {
  const known = new Map(latest.alerts.map((alert) => [alert.fingerprint, alert]));
  return notification.alerts.every((said) => {
    const alert = known.get(said.fingerprint);
    return alert !== undefined && isEndOf(alert, said);
  });
}

function isEndOf(alert: KnownAlert, said: NotifiedAlert): boolean {
  return said.status === 'resolved' && alert.state === 'no longer reported' && isOfTheSame(alert, said);
}

/** A group of everything never ends, and would otherwise grow for ever. */
function forgetEnded(alerts: readonly KnownAlert[], now: number): readonly KnownAlert[] {
  const ended = alerts.filter((alert) => !isOpen(alert) && now - alert.seenAt < keptEnded.ms);
  const newest = new Set(ended.toSorted((a, b) => b.seenAt - a.seenAt).slice(0, keptEnded.count));
  return alerts.filter((alert) => isOpen(alert) || newest.has(alert));
}

/** Where a body names one fingerprint twice, the last one counts. */
function unique(alerts: readonly NotifiedAlert[]): readonly NotifiedAlert[] {
  return [...new Map(alerts.map((alert) => [alert.fingerprint, alert])).values()];
}

/** The notification without the alerts of this name; null when nothing is left. */
export function without(notification: Notification, alertname: string): Notification | null {
  const alerts = notification.alerts.filter((alert) => nameOf(alert.labels) !== alertname);
  if (alerts.length === notification.alerts.length) return notification;
  return alerts.length === 0 ? null : { ...notification, alerts };
}

function nameOf(labels: Labels): string | undefined {
  return Object.hasOwn(labels, 'alertname') ? labels['alertname'] : undefined;
}
