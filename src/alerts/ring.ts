// When people are rung again about an incident: pure, with the reason. An edit of its card rings nobody's phone.
import {
  type Escalation,
  type Incident,
  isOpen,
  type KnownAlert,
  type RingReason,
  severityOf,
  severityRank,
  worstSeverity,
} from './incident.ts';
import type { Merge } from './merge.ts';
import { isAudible } from './routes.ts';
import { labelOf, type Notification } from './schema.ts';

/** A group that flaps rings for being back, or as bad as before, at most this often. */
export const flapMs = 3_600_000;

/**
 * Alertmanagers of one cluster notify of the same group within a minute where they have lost sight of each other, and a notification whose answer got
 * lost is tried again within a minute.
 */
const sameTurnMs = 60_000;

/**
 * Where a notification gives no reason (Alertmanager before 0.34, Grafana): what comes this long after the last one and tells of the same alerts repeats
 * it. A little less than five minutes, which is the shortest `repeat_interval` with the default `group_interval`.
 */
const repeatMs = 4.5 * 60_000;

/** Alertmanager's word for a group that has not changed since `repeat_interval`. */
const repeatReason = 'repeat interval elapsed';

export type RingDecision =
  | { readonly kind: 'ring'; readonly reason: RingReason }
  | { readonly kind: 'quiet'; readonly because: string };

export interface Turn {
  readonly before: Incident | undefined;
  readonly after: Incident;
  readonly what: Exclude<Merge['kind'], 'ignored'>;
  /** Null for what Alertmanager's list told. */
  readonly notification: Pick<Notification, 'notification_reason' | 'status'> | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Whether this turn of an incident rings by a message of its own. A new incident's card rings by itself. */
export function ringFor(turn: Turn): RingDecision {
  const { before, after, what } = turn;
  if (before === undefined || what === 'opened') return quiet('its card is new');
  if (after.ringing?.ring === false) return quiet('the route does not ring');
  if (what === 'closed') return ringForEnd(before, after, turn.now);
  if (after.closedAt !== null) return quiet('it is over');
  const heard = audible(after);
  if (heard.length === 0) return quiet('all of it is silenced or inhibited');
  if (!isAudible(after.ringing?.ring, heard)) return quiet('its severity does not ring');
  const reason = riseOf(before, after, what);
  if (reason !== null)
    return isFlapping(before, after, turn.now) ? quiet('it flaps: it rang within the hour') : ring(reason);
  if (before.acknowledged !== undefined) return quiet('it is acknowledged');
  return isRepeat(turn) ? ring('repeated') : quiet('it is no worse');
}

function ringForEnd(before: Incident, after: Incident, now: number): RingDecision {
  if (after.ringing?.onResolve !== true) return quiet('an end is silent unless the route says otherwise');
  if (audible(before).length === 0) return quiet('all of it was silenced or inhibited');
  const hasFlapped = (before.history?.flapped ?? 0) > 0;
  return hasFlapped && returnedLately(before, now) ? quiet('it flaps: it rang within the hour') : ring('resolved');
}

/** How an open incident has become more urgent than it was; null where it has not. */
export function riseOf(before: Incident, after: Incident, what: Turn['what']): RingReason | null {
  if (firesAgain(before, after, what)) return isBack(before, after) ? 'reopened' : 'another alert';
  const [was, is] = [audible(before), audible(after)];
  if (is.length === 0) return null;
  if (was.length > 0) return isMoreSevere(is, was) ? 'worse' : null;
  // All that was open was kept silent: people know of that, and of nothing else.
  const known = new Map(before.alerts.filter(isOpen).map((alert) => [alert.fingerprint, alert.suppressed]));
  if (isMoreSevere(is, before.alerts.filter(isOpen))) return 'worse';
  if (before.acknowledged !== undefined) return null;
  if (is.some((alert) => !known.has(alert.fingerprint))) return 'worse';
  return is.some((alert) => known.get(alert.fingerprint) === 'inhibited')
    ? 'no longer inhibited'
    : 'no longer silenced';
}

function isMoreSevere(is: readonly KnownAlert[], was: readonly KnownAlert[]): boolean {
  return severityRank(worstSeverity(is)) < severityRank(worstSeverity(was));
}

/** Whether it only is again what it has been, and rang for that within the hour when it was at least as severe. */
export function isFlapping(before: Incident, after: Incident, now: number): boolean {
  const { returned, peak } = before;
  const rank = severityRank(worstSeverity(audible(after)));
  if (returned === undefined || !returnedLately(before, now)) return false;
  if (rank < severityRank(peak ?? 'none') || rank < severityRank(returned.severity)) return false;
  const worst = audible(after).filter(({ labels }) => severityRank(severityOf(labels)) === rank);
  return unseenIn(before, worst).length === 0;
}

/** Whether it fires after all that was known of it had ended. One whose notifications are cut stays open over that. */
export function firesAgain(before: Incident, after: Incident, what: Turn['what']): boolean {
  return what === 'reopened' || (audible(after).length > 0 && !before.alerts.some(isOpen));
}

/** Whether an incident that fires again after its end does so with anything that it had before. */
export function isBack(before: Incident, after: Incident): boolean {
  const heard = audible(after);
  return heard.length === 0 || unseenIn(before, heard).length < heard.length;
}

/** Whether it has a critical alert now that it never had. */
export function hasNewCritical(before: Incident, after: Incident): boolean {
  const worst = audible(after).filter(({ labels }) => severityOf(labels) === 'critical');
  return unseenIn(before, worst).length > 0;
}

/** Those of these alerts that the incident has never had. */
function unseenIn({ alerts: known }: Incident, alerts: readonly KnownAlert[]): readonly KnownAlert[] {
  const seen = new Set(known.map(kindOf));
  return alerts.filter((alert) => !seen.has(kindOf(alert)));
}

/**
 * What makes an alert the same one when it comes back. Not its fingerprint: a pod that crashes has a new name each time, and its group would ring for
 * each. A node keeps its name, and that a second one is lost is news.
 */
function kindOf({ labels }: KnownAlert): string {
  return JSON.stringify([labelOf(labels, 'alertname'), severityOf(labels), labelOf(labels, 'node')]);
}

function returnedLately({ returned }: Incident, now: number): boolean {
  return returned !== undefined && now >= returned.at && now - returned.at < flapMs;
}

/** Tells of the same alerts as an earlier notification, a `repeat_interval` later. Their texts may hold new figures. */
function isRepeat({ before, after, what, notification, now }: Turn): boolean {
  // One that was overtaken on its way can still tell of an end.
  if ((what !== 'unchanged' && what !== 'updated') || notification?.status !== 'firing') return false;
  const elapsed = now - (before?.notifiedAt ?? now);
  const reason = notification.notification_reason;
  if (reason !== undefined && reason !== '') return reason === repeatReason && elapsed >= sameTurnMs;
  return elapsed >= repeatMs && before !== undefined && turnsOf(before) === turnsOf(after);
}

/** What Alertmanager notifies of at once: which alerts fire since when, and which have ended. */
function turnsOf({ alerts }: Incident): string {
  return JSON.stringify(alerts.map((alert) => [alert.fingerprint, isOpen(alert), alert.startsAt]));
}

/** What Alertmanager would notify of. */
export function audible(incident: Pick<Incident, 'alerts'>): readonly KnownAlert[] {
  return incident.alerts.filter((alert) => isOpen(alert) && alert.suppressed === undefined);
}

/** When the next role is mentioned (milliseconds since 1970); null where nobody is to be. */
export function escalationOf(incident: Incident): { readonly at: number; readonly to: Escalation } | null {
  const to = incident.ringing?.escalate ?? null;
  const { closedAt, acknowledged, criticalSince, escalatedAt } = incident;
  if (to === null || incident.ringing?.ring === false || closedAt !== null || acknowledged !== undefined) return null;
  if (criticalSince === undefined || escalatedAt !== undefined) return null;
  return { at: criticalSince + to.afterMs, to };
}

function ring(reason: RingReason): RingDecision {
  return { kind: 'ring', reason };
}

function quiet(because: string): RingDecision {
  return { kind: 'quiet', because };
}
