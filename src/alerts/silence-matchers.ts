// Which alerts a silence for a group covers: matchers of equality on what tells the group apart. Pure.
import type { Matcher } from '../alertmanager/alertmanager.ts';
import { tells } from './describe.ts';
import { type Incident, isOpen, type KnownAlert } from './incident.ts';
import { type Labels, labelOf } from './schema.ts';

/** A group that needs more is none that a person could check. */
const most = 50;

export type Chosen =
  | { readonly kind: 'matchers'; readonly matchers: readonly Matcher[] }
  /** Why there are none, as a sentence. */
  | { readonly kind: 'none'; readonly reason: string };

/** Another open group. */
export interface Group {
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Labels;
}

/**
 * On the labels that Alertmanager groups by; where it groups by none, or by some that the alerts lack, on all that its open alerts have in common.
 * A label by which others are grouped and that this group lacks has to be absent: the matchers would otherwise cover those groups too.
 * @param others open groups, of which those of the same route tell such labels.
 * @param names of the labels by which routes to its receiver group, as far as Alertmanager has told.
 */
export function matchersOf(
  incident: Group & Pick<Incident, 'alerts'>,
  others: readonly Group[],
  names: readonly string[],
): Chosen {
  const grouped = pairsOf(incident.groupLabels);
  const shared = grouped.length > 0 ? grouped : common(incident.alerts);
  if (shared.length === 0) {
    return none(
      'Nothing tells this group apart: its alerts have no label in common, and a silence would cover everything.',
    );
  }
  if (grouped.length === 0 && !shared.some(([name]) => tells(name))) {
    const told = shared.map(([name]) => name).slice(0, 5);
    return none(`Nothing tells this group apart: all that its alerts have in common is ${told.join(', ')}.`);
  }
  const pairs = [...shared, ...absences(incident, [...names, ...namesIn(others, incident)])];
  if (pairs.length > most) return none(`This group is made of ${pairs.length} labels, more than anyone could check.`);
  return { kind: 'matchers', matchers: pairs.map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })) };
}

function none(reason: string): Chosen {
  return { kind: 'none', reason };
}

/** Whether a silence with these matchers of equality covers an alert; an absent label counts as empty. */
export function matches(matchers: readonly Pick<Matcher, 'name' | 'value'>[], labels: Labels): boolean {
  return matchers.every(({ name, value }) => (labelOf(labels, name) ?? '') === value);
}

/** How many of the alerts that fire the matchers cover. */
export function covered(alerts: readonly KnownAlert[], matchers: readonly Matcher[]): number {
  return alerts.filter((alert) => isOpen(alert) && matches(matchers, alert.labels)).length;
}

/** As Alertmanager writes it: `name="value"`, `name!="value"`, `name=~"value"`, `name!~"value"`. */
export function matcherText({ name, value, isRegex, isEqual }: Matcher): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
  return `${plain}${operator}${JSON.stringify(value)}`;
}

type Pair = readonly [name: string, value: string];

function common(alerts: readonly KnownAlert[]): readonly Pair[] {
  const open = alerts.filter(isOpen);
  const [first, ...others] = open.length > 0 ? open : alerts;
  if (first === undefined) return [];
  return pairsOf(first.labels).filter(([name, value]) =>
    others.every((alert) => labelOf(alert.labels, name) === value),
  );
}

/** Those of these labels that this group lacks. */
function absences({ groupLabels, alerts }: Group & Pick<Incident, 'alerts'>, grouping: readonly string[]) {
  const names = grouping
    .filter((name) => (labelOf(groupLabels, name) ?? '') === '')
    // Grouped by all labels there are, every alert has a group of its own and lacks those of most others.
    .filter((name) => alerts.every(({ labels }) => (labelOf(labels, name) ?? '') === ''));
  const distinct = [...new Set(names)].sort();
  return distinct.length > mostAbsent ? [] : distinct.map((name): Pair => [name, '']);
}

/** Labels by which groups of the same route are grouped; of one whose route is not known, those of the receiver. */
function namesIn(others: readonly Group[], { receiver, groupKey }: Group): readonly string[] {
  const route = routeOf(groupKey);
  return others
    .filter((other) => other.receiver === receiver && (route === null || routeOf(other.groupKey) === route))
    .flatMap((other) => pairsOf(other.groupLabels).map(([name]) => name));
}

const mostAbsent = 10;

/** What a `groupKey` says before the group's labels: its route. Null where it is none of Alertmanager's. */
function routeOf(groupKey: string): string | null {
  const end = groupKey.indexOf('}:{');
  return end === -1 ? null : groupKey.slice(0, end);
}

/** Alertmanager takes an empty value for a label that is absent. */
function pairsOf(labels: Labels): readonly Pair[] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
