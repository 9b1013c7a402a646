// What a turn of an incident leaves behind beside its alerts: its history, whether it rings, and what is kept for the next turn. Pure.
import {
  type History,
  type Incident,
  isOpen,
  type RingReason,
  type Severity,
  severityRank,
  worstSeverity,
} from './incident.ts';
import type { Merge } from './merge.ts';
import { audible, firesAgain, hasNewCritical, isBack, isFlapping, ringFor, riseOf } from './ring.ts';
import { type Route, ringingOf } from './routes.ts';
import type { Notification } from './schema.ts';

type Changed = Exclude<Merge, { kind: 'ignored' }>;

export interface Turned {
  readonly result: Changed;
  /** Why people are rung by a message of their own; null where they are not. */
  readonly ring: RingReason | null;
  /** Why they are not, for the log. */
  readonly quiet?: string;
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
  const unsilenced = forgetSilences(withRoute, kind, notification);
  const unacknowledged = forgetAcknowledgement(before, unsilenced, kind, now);
  const after = critical(forgetEscalation(before, unacknowledged, kind, now), now);
  const decision = ringFor({ before, after, what: kind, notification, now });
  const ring = decision.kind === 'ring' ? decision.reason : null;
  const done = ring === null ? unrung(after, kind) : rung(after, ring, now);
  const quiet = decision.kind === 'quiet' && { quiet: decision.because };
  return { result: { kind, incident: { ...done, peak: peakOf(done) } }, ring, ...quiet };
}

/**
 * Those of before an end say nothing of what fires after it, and where Alertmanager notifies of all that was silenced they are over; its list tells
 * of the ones that go on.
 */
function forgetSilences(
  incident: Incident,
  kind: Changed['kind'],
  notification: TurnOptions['notification'],
): Incident {
  const isHeard = notification !== null && !incident.alerts.some(({ suppressed }) => suppressed === 'silenced');
  if (kind !== 'closed' && kind !== 'reopened' && !isHeard) return incident;
  const { silences: _, ...rest } = incident;
  return rest;
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
    ring: { reason, at: now, severity: worstSeverity(audible(incident)) },
    ...(isReturn(incident, reason) && { returned: { at: now, severity: worstSeverity(audible(incident)) } }),
    ...(reason === 'not acknowledged' && { escalatedAt: now }),
  };
}

function isReturn(incident: Incident, reason: RingReason): boolean {
  if (reason === 'repeated' || reason === 'not acknowledged' || reason === 'resolved') return false;
  return reason !== 'worse' || peakOf(incident) === incident.peak;
}

function peakOf(incident: Incident): Severity {
  const heard = worstSeverity(audible(incident));
  const { peak = heard } = incident;
  return severityRank(heard) < severityRank(peak) ? heard : peak;
}

function historyOf(before: Incident | undefined, { kind, incident }: Changed): History {
  const history = before?.history ?? { grew: 0, shrank: 0, flapped: 0 };
  if (before === undefined || kind === 'opened') return history;
  if (kind === 'reopened') return { ...history, flapped: history.flapped + Number(isBack(before, incident)) };
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

/** Whoever acknowledged it has seen neither that it is back nor that it has become worse, unless it does so again and again. */
function forgetAcknowledgement(
  before: Incident | undefined,
  after: Incident,
  kind: Changed['kind'],
  now: number,
): Incident {
  if (before === undefined || after.acknowledged === undefined) return after;
  const isWorse = riseOf(before, after, kind) === 'worse' && !isFlapping(before, after, now);
  if (!firesAgain(before, after, kind) && !isWorse) return after;
  const { acknowledged: _, ...rest } = after;
  return rest;
}

/** Whoever was mentioned last knows nothing of a critical alert that is new, or back; the whole wait begins for it. */
function forgetEscalation(before: Incident | undefined, after: Incident, kind: Changed['kind'], now: number): Incident {
  if (before === undefined || after.escalatedAt === undefined) return after;
  const returns = firesAgain(before, after, kind) && !isFlapping(before, after, now);
  if (!returns && !hasNewCritical(before, after)) return after;
  const { escalatedAt: _, criticalSince: __, ...rest } = after;
  return rest;
}

/** Since when it is critical and nobody has acknowledged it, of what is neither silenced nor inhibited. */
export function critical(incident: Incident, now: number): Incident {
  const heard = audible(incident);
  const isCritical = incident.closedAt === null && heard.length > 0 && worstSeverity(heard) === 'critical';
  if (isCritical && incident.acknowledged === undefined)
    return { ...incident, criticalSince: incident.criticalSince ?? now };
  const { criticalSince: _, ...rest } = incident;
  return rest;
}
