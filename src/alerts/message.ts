// What the card of an incident says: pure, from the incident to the message.
import type { Line, Message, Tone } from '../message.ts';
import { accountOf } from './account.ts';
import { type ActionOptions, incidentActions } from './actions.ts';
import { howMany, isRestUnknown, stateCounts } from './counting.ts';
import { byUrgency, describeAlert, severityWord, shortNameOf, shortWord } from './describe.ts';
import { exporterLabels } from './exporters.ts';
import {
  type Incident,
  isOpen,
  isProvisional,
  type KnownAlert,
  severityOf,
  severityRank,
  worstSeverity,
} from './incident.ts';
import { linksOf } from './links.ts';
import { labelOf } from './schema.ts';
import { sharedSummary, sharedTold, toldOf } from './texts.ts';

const tones = { critical: 'critical', warning: 'warning', info: 'info', none: 'info' } as const satisfies Record<
  string,
  Tone
>;

const marks: Record<Tone, string> = { critical: '🔴', warning: '🟠', info: '🔵', good: '✅', neutral: '⚪' };

/**
 * @param now milliseconds since 1970; only start times that lie ahead of it depend on it.
 */
export function incidentMessage(incident: Incident, now: number, actions: ActionOptions): Message {
  const { alerts, state, tone, name } = summarised(incident);
  const shared = sharedSummary(alerts);
  return {
    headline: incidentHeadline(incident).line,
    tone,
    title: [state, severityOfGroup(alerts), name].filter((word) => word !== '').join(' · '),
    text: [...counts(incident, alerts), ...accountOf(incident), ...(shared === '' ? [] : [shared])],
    list: { items: alerts.map((alert) => describeAlert(alert, now, shared !== '')), noun: 'alert', file: 'alerts.txt' },
    facts: linksOf(incident, alerts),
    buttons: incidentActions(incident, alerts, actions),
    // Alertmanager escapes the name as for a regular expression.
    footer: `receiver ${incident.receiver.replaceAll(/\\(.)/g, '$1')}`,
  };
}

/** What an incident is called: the names of its alerts. */
export function incidentName({ alerts }: Incident): string {
  return groupName(alerts.toSorted(byUrgency));
}

function summarised(incident: Incident) {
  const alerts = incident.alerts.toSorted(byUrgency);
  const state = stateWord(incident);
  const tone: Tone =
    incident.closedAt === null ? tones[worstSeverity(alerts)] : state === 'resolved' ? 'good' : 'neutral';
  return { alerts, state, tone, name: groupName(alerts) };
}

/** Of what still fires, where anything does: beside "firing" the name of what has ended would be untrue. */
function groupName(alerts: readonly KnownAlert[]): string {
  const open = alerts.filter(isOpen);
  const names = [...new Set((open.length > 0 ? open : alerts).map(shortNameOf))];
  if (names.length <= 2) return names.join(' and ');
  return `${names[0]} and ${names.length - 1} others`;
}

type StateWord = 'firing' | 'not known to be over' | 'resolved' | 'no longer reported';

/** `firing` while anything is, `resolved` when Alertmanager said so of the last, else `no longer reported`. */
function stateWord(incident: Incident): StateWord {
  if (isRestUnknown(incident)) return 'not known to be over';
  if (incident.closedAt === null) return 'firing';
  return incident.alerts.some((alert) => alert.state === 'no longer reported') ? 'no longer reported' : 'resolved';
}

function severityOfGroup(alerts: readonly KnownAlert[]): string {
  const open = alerts.filter(isOpen);
  const [worst] = (open.length > 0 ? open : alerts).toSorted(
    (a, b) => severityRank(severityOf(a.labels)) - severityRank(severityOf(b.labels)),
  );
  return worst === undefined ? '' : severityWord(worst.labels);
}

/**
 * One line for the lock screen: how bad, what, how many, where, and what the rule says of the most urgent, or at the end of all.
 * @param lead what is said before it, for example why it rings again.
 */
export function incidentHeadline(incident: Incident, lead = ''): { readonly line: string; readonly tone: Tone } {
  const { alerts, state, tone, name } = summarised(incident);
  const [first] = alerts;
  const open = alerts.filter(isOpen);
  // At the end none is the most urgent any more.
  const told = first === undefined ? '' : incident.closedAt === null ? toldOf(first) : sharedTold(alerts);
  const where = place(open.length > 0 ? open : alerts, told);
  const severity = state === 'firing' ? `${severityOfGroup(alerts)} `.trimStart() : '';
  const line = `${marks[tone]} ${lead}${severity}${state}: ${name}${howMany(incident)}${where}${told === '' ? '' : `: ${told}`}`;
  return { line, tone };
}

/** The node, namespace or instance that all share, unless what is told names it. */
function place(alerts: readonly KnownAlert[], told: string): string {
  for (const [label, preposition] of [
    ['node', 'on'],
    ['namespace', 'in'],
    ['instance', 'at'],
  ] as const) {
    const value = sharedPlace(alerts, label);
    if (value !== '') return isNamedIn(told, value) ? '' : ` ${preposition} ${shortWord(value)}`;
  }
  return '';
}

/** Empty where they differ, or where the most urgent only says where its exporter is. */
function sharedPlace(alerts: readonly KnownAlert[], label: string): string {
  const [first] = alerts;
  const value = (first && labelOf(first.labels, label)) ?? '';
  if (first === undefined || value === '' || exporterLabels(first.labels).has(label)) return '';
  return alerts.every(({ labels }) => labelOf(labels, label) === value) ? value : '';
}

/** As a word of its own: "Workshop" does not name the namespace "shop", nor "desktop-10" the node "desktop-1". */
function isNamedIn(told: string, name: string): boolean {
  const text = told.slice(0, longestLookedThrough);
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    const before = text.slice(Math.max(0, at - 2), at);
    if (!/[\p{L}\p{N}_-]$/u.test(before) && !/^[\p{L}\p{N}_-]/u.test(text.slice(end, end + 2))) return true;
  }
  return false;
}

/** A headline holds less of a summary. */
const longestLookedThrough = 2000;

function counts(incident: Incident, alerts: readonly KnownAlert[]): readonly Line[] {
  const lines: Line[] = [];
  if (alerts.length > 1) lines.push([{ bold: stateCounts(alerts) }]);
  const suppressed = alerts.filter((alert) => isOpen(alert) && alert.suppressed !== undefined);
  if (suppressed.length > 0) {
    const all = suppressed.length === alerts.filter(isOpen).length;
    lines.push(`Silenced or inhibited in Alertmanager: ${all ? 'all that fires' : `${suppressed.length} of these`}.`);
  }
  if (isProvisional(incident)) lines.push("Found in Alertmanager's list: no notification of it has arrived yet.");
  if (incident.truncated > 0) {
    lines.push(
      isRestUnknown(incident)
        ? `Alertmanager's last notification left out ${incident.truncated} (max_alerts): whether those are over was not said.`
        : `${incident.truncated} more were left out of Alertmanager's last notification (max_alerts).`,
    );
  }
  return lines;
}
