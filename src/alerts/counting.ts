// How many alerts an incident has, and how many of them are how bad: for its headline and its card.
import { type AlertState, type Incident, isOpen, type KnownAlert, type Severity, severityOf } from './incident.ts';

const severities: readonly Severity[] = ['critical', 'warning', 'info', 'none'];

/** For example `12 critical, 9988 warning`; empty of none. */
export function severityCounts(list: readonly Severity[]): string {
  return counted(list)
    .map(([severity, count]) => `${count} ${severity === 'none' ? 'without severity' : severity}`)
    .join(', ');
}

/** The most severe first. */
function counted(list: readonly Severity[]): readonly (readonly [Severity, number])[] {
  const counts = new Map<Severity, number>();
  for (const severity of list) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return severities.flatMap((severity) => {
    const count = counts.get(severity);
    return count === undefined ? [] : [[severity, count] as const];
  });
}

type Counted = Pick<Incident, 'alerts' | 'closedAt' | 'truncated'>;

/**
 * What a headline says beside the name where it is more than one: ` (5 alerts)`, or ` (1 critical of 5)` where not all are as bad, and how many more
 * Alertmanager did not tell of.
 */
export function howMany({ alerts, closedAt, truncated }: Counted): string {
  if (closedAt !== null) return alerts.length > 1 ? ` (${alerts.length} alerts)` : '';
  const open = alerts.filter(isOpen);
  if (isRestUnknown({ alerts, closedAt, truncated })) return ` (${alerts.length} over, ${truncated} more may fire)`;
  const [worst, ...others] = counted(open.map(({ labels }) => severityOf(labels)));
  if (worst === undefined || open.length + truncated === 1) return '';
  const known =
    others.length > 0
      ? `${worst[1]} ${worst[0]} of ${open.length}`
      : `${open.length} ${open.length === 1 ? 'alert' : 'alerts'}`;
  return ` (${known}${truncated > 0 ? ` and ${truncated} more` : ''})`;
}

/** All that is known has ended, but the last notification was cut: the incident stays open, and nothing says that it still fires. */
export function isRestUnknown({ alerts, closedAt, truncated }: Counted): boolean {
  return closedAt === null && truncated > 0 && !alerts.some(isOpen);
}

const states: readonly AlertState[] = ['firing', 'not in the last notification', 'no longer reported', 'resolved'];

/** For example `5 firing: 1 critical, 4 warning; 2 resolved`. */
export function stateCounts(alerts: readonly KnownAlert[]): string {
  const told = states
    .map((state) => [state, alerts.filter((alert) => alert.state === state)] as const)
    .filter(([, those]) => those.length > 0)
    .map(([state, those]) => `${those.length} ${state}${state === 'firing' ? bySeverity(those) : ''}`);
  return told.join(told[0]?.includes(':') ? '; ' : ', ');
}

function bySeverity(alerts: readonly KnownAlert[]): string {
  const counts = severityCounts(alerts.map(({ labels }) => severityOf(labels)));
  return counts.includes(',') ? `: ${counts}` : '';
}
