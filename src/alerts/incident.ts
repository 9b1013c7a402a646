// An incident: one alert group from its first notification until all of it is resolved.
import { hash } from 'node:crypto';
import { type Labels, labelOf } from './schema.ts';

/** Alertmanager's words, and two of ours for alerts that it has stopped to mention. */
export type AlertState = 'firing' | 'resolved' | 'not in the last notification' | 'no longer reported';

/** Why Alertmanager keeps an alert that fires out of its notifications. */
export type Suppression = 'silenced' | 'inhibited';

/** Times are milliseconds since 1970. */
export interface KnownAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly generatorURL: string;
  /** Of its panel or dashboard, as Grafana tells it. */
  readonly dashboardURL?: string;
  /** Where Grafana offers to silence it. */
  readonly silenceURL?: string;
  /** What was measured, in Grafana's words, for example `[ var='A' labels={instance=web-1} value=97.3 ]`. */
  readonly valueString?: string;
  readonly startsAt: number;
  /** When it was resolved, else null. */
  readonly endsAt: number | null;
  readonly state: AlertState;
  /** When a notification first lacked it, else null. */
  readonly missingSince: number | null;
  /** When a notification last held it. */
  readonly seenAt: number;
  /** Known from Alertmanager's list alone, so never of an alert that a notification has just held. */
  readonly suppressed?: Suppression;
}

/** Somebody who has seen it and takes care of it. */
export interface Acknowledgement {
  readonly personId: string;
  readonly username: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A silence of Alertmanager over alerts of the incident, as its API tells it; made from a card or elsewhere. */
export interface KnownSilence {
  readonly id: string;
  /** In Alertmanager's notation, for example `alertname="NodeDown"`. */
  readonly matchers: readonly string[];
  readonly createdBy: string;
  readonly comment: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** What has happened to an incident, counted. */
export interface History {
  /** Notifications that brought further alerts, and such that ended some while others went on. */
  readonly grew: number;
  readonly shrank: number;
  /** How often anything of it fired again after its end. */
  readonly flapped: number;
}

/** The route's words, kept from the incident's beginning. */
export interface Ringing {
  /** Undefined: critical and warning ring. */
  readonly ring?: boolean | undefined;
  readonly mention: readonly string[];
  readonly onResolve: boolean;
  readonly escalate: Escalation | null;
}

export interface Escalation {
  readonly afterMs: number;
  readonly mention: readonly string[];
}

/** Why people are rung again. */
export type RingReason =
  | 'worse'
  | 'repeated'
  | 'reopened'
  /** The incident was over, and nothing of what fires now is what had fired. */
  | 'another alert'
  | 'no longer silenced'
  | 'no longer inhibited'
  | 'not acknowledged'
  | 'resolved';

/** The newest ring of an incident. */
export interface Ring {
  readonly reason: RingReason;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The highest that it rang for; absent in one that an older version wrote. */
  readonly severity?: Severity;
}

export interface Incident {
  readonly id: string;
  /** Absent for Alertmanager's. Grafana's has no API here: it is neither silenced nor compared with a list. */
  readonly source?: 'grafana';
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly externalURL: string;
  readonly openedAt: number;
  /** When all of it was resolved or no longer reported; null while it is open. */
  readonly closedAt: number | null;
  /** How many alerts Alertmanager left out of its last notification (`max_alerts`). */
  readonly truncated: number;
  readonly alerts: readonly KnownAlert[];
  /** Absent while nobody has acknowledged it. */
  readonly acknowledged?: Acknowledgement;
  /** Those in force when Alertmanager was last asked. */
  readonly silences?: readonly KnownSilence[];
  /** This and the following are absent in one that an older version wrote. */
  readonly history?: History;
  readonly ringing?: Ringing;
  readonly ring?: Ring;
  /** Since when its worst alert is critical and nobody has acknowledged it; absent while that is not so. */
  readonly criticalSince?: number;
  /** When the next role was mentioned; forgotten where it is due anew. */
  readonly escalatedAt?: number;
  /** The highest severity that has been heard of it. */
  readonly peak?: Severity;
  /** When it last rang for being back, or as bad as it had been before, and how severe it was then. */
  readonly returned?: { readonly at: number; readonly severity: Severity };
  /** When a notification last told of it. */
  readonly notifiedAt?: number;
}

export type Severity = 'critical' | 'warning' | 'info' | 'none';

const ranks: Record<Severity, number> = { critical: 0, warning: 1, info: 2, none: 3 };

/** kube-prometheus-stack's words, and what other sets of rules and pagers call the same. */
const severityWords: Record<Exclude<Severity, 'none'>, readonly string[]> = {
  critical: ['critical', 'crit', 'page', 'emergency', 'fatal', 'disaster', 'high', 'p0', 'p1', 'sev1'],
  warning: ['warning', 'warn', 'error', 'major', 'medium', 'p2', 'sev2'],
  info: ['info', 'informational', 'notice', 'low', 'minor', 'p3', 'p4'],
};

const severities: ReadonlyMap<string, Severity> = new Map(
  (['critical', 'warning', 'info'] as const).flatMap((severity) =>
    severityWords[severity].map((word) => [word, severity] as const),
  ),
);

/** What the label `severity` means, in whichever case it is written; `none` where it is absent or says nothing that is known. */
export function severityOf(labels: Labels): Severity {
  const value = labelOf(labels, 'severity');
  return severities.get(value?.trim().toLowerCase() ?? '') ?? 'none';
}

/** 0 is the most severe. */
export function severityRank(severity: Severity): number {
  return ranks[severity];
}

/** The highest severity among alerts that may still fire, else among all. */
export function worstSeverity(alerts: readonly KnownAlert[]): Severity {
  const open = alerts.filter(isOpen);
  return (open.length > 0 ? open : alerts)
    .map((alert) => severityOf(alert.labels))
    .reduce<Severity>((worst, one) => (ranks[one] < ranks[worst] ? one : worst), 'none');
}

/** An alert that nothing has said the end of. */
export function isOpen(alert: KnownAlert): boolean {
  return alert.state === 'firing' || alert.state === 'not in the last notification';
}

/** What tells incidents apart. */
export interface Beginning {
  readonly receiver: string;
  readonly groupKey: string;
  readonly alerts: readonly { readonly startsAt: number }[];
}

/**
 * The same in every process that hears of the incident first, so that one without its store finds the message of another.
 * `after` is the end of an earlier incident that would have had the same id.
 */
export function incidentId(beginning: Beginning, after: number | null): string {
  const starts = beginning.alerts.map((alert) => alert.startsAt);
  const earliest = starts.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
  return hash('sha256', JSON.stringify([beginning.receiver, beginning.groupKey, earliest, after]), 'hex').slice(0, 20);
}

/**
 * Whether a groupKey of Grafana is that of a test of a contact point: a name (`test` on its page), the alert's fingerprint and the time, where others begin
 * with a brace, see `TestNotifier` in grafana/alerting.
 */
export function isTestKey(groupKey: string): boolean {
  return /^[^{].*-[0-9a-f]{16}-\d+(?: |$)/.test(groupKey);
}

/** Before the group's labels, in place of a `groupKey`, which Alertmanager tells in notifications alone; theirs begin with a brace. */
export const provisionalPrefix = 'provisional:';

/** The key of a group that Alertmanager lists and no notification has told of. */
export function provisionalKey(groupLabels: Labels): string {
  const sorted = Object.entries(groupLabels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${provisionalPrefix}${JSON.stringify(sorted)}`;
}

/** Known from Alertmanager's list alone: the first notification that is about it makes it the incident of its group. */
export function isProvisional(incident: Pick<Incident, 'groupKey'>): boolean {
  return incident.groupKey.startsWith(provisionalPrefix);
}
