// What a turn of an incident leaves behind beside its alerts: its history, whether it rings, and what is kept for the next turn. Pure.
import { type History, type Incident, isOpen, type RingReason, worstSeverity } from './incident.ts';
import type { Merge } from './merge.ts';
import { audible, isWorse, ringFor } from './ring.ts';
import { type Route, ringingOf } from './routes.ts';
import type { Notification } from './schema.ts';

type Changed = Exclude<Merge, { kind: 'ignored' }>;

export interface Turned {
  readonly result: Changed;
  /** Why people are rung by a message of their own; null where they are not. */
  readonly ring: RingReason | null;
}

export interface TurnOptions {
  readonly before: Incident | undefined;
  readonly result: Changed;
  /** Null for what Alertmanager's list told. */
  readonly notification: Notification | null;
  readonly routes: readonly Route[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Completes what `merge` or the list has made of an incident. */
export function turn({ before, result, notification, routes, now }: TurnOptions): Turned {
  const { kind, incident } = result;
  const ringing = incident.ringing ?? ringingOf(incident, routes);
  const withRoute: Incident = {
    ...incident,
    ringing,
    history: historyOf(before, result),
    ...(notification !== null && { notifiedAt: now }),
  };
  const after = critical(forgetAcknowledgement(before, withRoute, kind), now);
  const decision = ringFor({ before, after, what: kind, notification, now });
  const ring = decision.kind === 'ring' ? decision.reason : null;
  return { result: { kind, incident: ring === null ? unrung(after, kind) : rung(after, ring, now) }, ring };
}

/** What rang before an end, or for it, says nothing about what comes after. */
function unrung(incident: Incident, kind: Merge['kind']): Incident {
  if (kind !== 'closed' && kind !== 'reopened') return incident;
  const { ring: _, ...rest } = incident;
  return rest;
}

/** The incident after it has rung for this reason. */
export function rung(incident: Incident, reason: RingReason, now: number): Incident {
  return {
    ...incident,
    ring: { reason, at: now },
    ...(reason === 'reopened' && { reopenRangAt: now }),
    ...(reason === 'not acknowledged' && { escalatedAt: now }),
  };
}

function historyOf(before: Incident | undefined, { kind, incident }: Changed): History {
  const history = before?.history ?? { grew: 0, shrank: 0, flapped: 0 };
  if (before === undefined || kind === 'opened') return history;
  if (kind === 'reopened') return { ...history, flapped: history.flapped + 1 };
  if (kind !== 'updated') return history;
  const [was, is] = [openOf(before), openOf(incident)];
  const grew = [...is].some((fingerprint) => !was.has(fingerprint));
  const shrank = [...was].some((fingerprint) => !is.has(fingerprint));
  if (!grew && !shrank) return history;
  return { ...history, grew: history.grew + Number(grew), shrank: history.shrank + Number(shrank) };
}

function openOf({ alerts }: Incident): ReadonlySet<string> {
  return new Set(alerts.filter(isOpen).map((alert) => alert.fingerprint));
}

/** Whoever acknowledged it has seen neither that it is back nor that it has become worse. */
function forgetAcknowledgement(before: Incident | undefined, after: Incident, kind: Merge['kind']): Incident {
  const isNews = kind === 'reopened' || (before !== undefined && isWorse(before, after));
  if (!isNews || after.acknowledged === undefined) return after;
  const { acknowledged: _, ...rest } = after;
  return rest;
}

/** Since when it is critical, of what is neither silenced nor inhibited. */
function critical(incident: Incident, now: number): Incident {
  const heard = audible(incident);
  const isCritical = incident.closedAt === null && heard.length > 0 && worstSeverity(heard) === 'critical';
  if (isCritical) return { ...incident, criticalSince: incident.criticalSince ?? now };
  const { criticalSince: _, ...rest } = incident;
  return rest;
}
