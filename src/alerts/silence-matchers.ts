// Which alerts a silence for a group covers: matchers of equality on what tells the group apart. Pure.
import type { Matcher } from '../alertmanager/alertmanager.ts';
import { type Incident, isOpen, type KnownAlert } from './incident.ts';
import { type Labels, labelOf } from './schema.ts';

/** More would be no help to whoever reads them. */
const most = 30;

/**
 * On the labels that Alertmanager groups by; where it groups by none, or by some that the alerts lack, on all that its alerts have in common.
 * Empty where nothing tells the group apart: a silence of it would cover everything.
 */
export function matchersOf(incident: Pick<Incident, 'groupLabels' | 'alerts'>): readonly Matcher[] {
  const grouped = pairsOf(incident.groupLabels);
  return (grouped.length > 0 ? grouped : common(incident.alerts))
    .slice(0, most)
    .map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
}

/** How many of the alerts that fire the matchers cover. */
export function covered(alerts: readonly KnownAlert[], matchers: readonly Matcher[]): number {
  return alerts.filter(
    (alert) => isOpen(alert) && matchers.every(({ name, value }) => labelOf(alert.labels, name) === value),
  ).length;
}

/** As Alertmanager writes it: `name="value"`, `name!="value"`, `name=~"value"`, `name!~"value"`. */
export function matcherText({ name, value, isRegex, isEqual }: Matcher): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
  return `${plain}${operator}${JSON.stringify(value)}`;
}

function common(alerts: readonly KnownAlert[]): readonly (readonly [string, string])[] {
  const open = alerts.filter(isOpen);
  const [first, ...others] = open.length > 0 ? open : alerts;
  if (first === undefined) return [];
  return pairsOf(first.labels).filter(([name, value]) =>
    others.every((alert) => labelOf(alert.labels, name) === value),
  );
}

/** Alertmanager takes an empty value for a label that is absent. */
function pairsOf(labels: Labels): readonly (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
