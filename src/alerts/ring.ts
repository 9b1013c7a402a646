// When people are rung again about an incident: pure, with the reason. An edit of its card rings nobody's phone.
import {
  type Escalation,
  type Incident,
  isOpen,
  type KnownAlert,
  type RingReason,
  severityRank,
  worstSeverity,
} from './incident.ts';
import type { Merge } from './merge.ts';
import { isAudible } from './routes.ts';
import type { Notification } from './schema.ts';

/** A group that flaps rings for being open again at most this often. */
export const flapMs = 3_600_000;

/**
 * Alertmanagers of one cluster notify of the same group within a minute where they have lost sight of each other, and a notification whose answer got
 * lost is tried again within a minute.
 */
const sameTurnMs = 60_000;

/** Where a notification gives no reason (Alertmanager before 0.34, Grafana): what comes this long after the last one and says the same repeats it. */
const repeatMs = 5 * 60_000;

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
  if (what === 'closed') {
    return after.ringing?.onResolve === true
      ? ring('resolved')
      : quiet('an end is silent unless the route says otherwise');
  }
  if (after.closedAt !== null) return quiet('it is over');
  const heard = audible(after);
  if (heard.length === 0) return quiet('all of it is silenced or inhibited');
  if (!isAudible(after.ringing?.ring, heard)) return quiet('the route or the severity does not ring');
  if (what === 'reopened') {
    const last = before.reopenRangAt;
    const isFlapping = last !== undefined && turn.now >= last && turn.now - last < flapMs;
    return isFlapping ? quiet('it flaps, and has rung for it within the hour') : ring('reopened');
  }
  if (isWorse(before, after)) return ring('worse');
  if (before.acknowledged !== undefined) return quiet('it is acknowledged');
  return isRepeat(turn) ? ring('repeated') : quiet('it is no worse');
}

/** Whether its most severe open alert is more severe than before. */
export function isWorse(before: Incident, after: Incident): boolean {
  const [was, is] = [audible(before), audible(after)];
  if (was.length === 0 || is.length === 0) return false;
  return severityRank(worstSeverity(is)) < severityRank(worstSeverity(was));
}

/** Says the same as an earlier notification, a `repeat_interval` later. */
function isRepeat({ before, what, notification, now }: Turn): boolean {
  // One that was overtaken on its way can still tell of an end.
  if (what !== 'unchanged' || notification?.status !== 'firing') return false;
  const elapsed = now - (before?.notifiedAt ?? now);
  const reason = notification.notification_reason;
  if (reason === undefined || reason === '') return elapsed >= repeatMs;
  return reason === repeatReason && elapsed >= sameTurnMs;
}

/** What Alertmanager would notify of. */
export function audible(incident: Pick<Incident, 'alerts'>): readonly KnownAlert[] {
  return incident.alerts.filter((alert) => isOpen(alert) && alert.suppressed === undefined);
}

/** When the next role is mentioned (milliseconds since 1970); null where nobody is to be. */
export function escalationOf(incident: Incident): { readonly at: number; readonly to: Escalation } | null {
  const to = incident.ringing?.escalate ?? null;
  const { closedAt, acknowledged, criticalSince, escalatedAt } = incident;
  if (to === null || closedAt !== null || acknowledged !== undefined) return null;
  if (criticalSince === undefined || escalatedAt !== undefined) return null;
  return { at: criticalSince + to.afterMs, to };
}

function ring(reason: RingReason): RingDecision {
  return { kind: 'ring', reason };
}

function quiet(because: string): RingDecision {
  return { kind: 'quiet', because };
}
