// One incident as /alerts lists it: what is kept of it while all are read, and its lines.
import { accountOf, furtherSilences, silenceLine } from '../../src/alerts/account.ts';
import {
  type Incident,
  isOpen,
  type KnownSilence,
  type Severity,
  severityRank,
  worstSeverity,
} from '../../src/alerts/incident.ts';
import { incidentHeadline, incidentName } from '../../src/alerts/message.ts';
import { endText } from '../../src/alerts/silence-time.ts';
import { type Standing, standingOf } from '../../src/alerts/standing.ts';
import { shortened } from '../../src/lib/shortened.ts';
import type { ActionButton, Line, Run } from '../../src/message.ts';

export interface Row {
  readonly id: string;
  readonly standing: Standing;
  readonly severity: Severity;
  readonly openedAt: number;
  /** To which the link to the card is added. */
  readonly first: readonly Run[];
  readonly rest: readonly Line[];
  readonly buttons: readonly ActionButton[];
  /** For the attached file. */
  readonly whole: string;
}

const mostSilences = 3;
const longestHeadline = 200;
const longestMatchers = 300;

/** @param now milliseconds since 1970: a silence that has ended is not shown, also where Alertmanager could not be asked. */
export function rowOf(incident: Incident, { now, timezone }: { readonly now: number; readonly timezone: string }): Row {
  const silences = (incident.silences ?? []).filter(({ endsAt }) => endsAt > now).sort((a, b) => b.endsAt - a.endsAt);
  const shown = silences.slice(0, mostSilences);
  const hidden = silences.length - shown.length;
  const { silences: _, ...itself } = incident;
  return {
    id: incident.id,
    standing: standingOf(incident),
    severity: worstSeverity(incident.alerts),
    openedAt: incident.openedAt,
    first: firstLine(incident),
    rest: [
      ...accountOf(itself).map(indented),
      ...shown.flatMap((silence) => [indented(silenceLine(silence)), indented([{ code: matchersOf(silence) }])]),
      ...(hidden > 0
        ? [indented(`… and ${furtherSilences(incident.silences ?? [], hidden)}; Unsilence on its card lists them`)]
        : []),
    ],
    buttons: shown.map((silence) => ({
      label: silences.length > 1 ? oneOf(incident, silence, timezone) : `Unsilence ${incidentName(incident)}`,
      style: 'secondary',
      action: 'unsilence',
      subject: `${incident.id}:${silence.id}`,
    })),
    whole: wholeOf(incident, silences),
  };
}

/** What tells it from the others over the alert, within a button's 80 characters. */
function oneOf(incident: Incident, { createdBy, endsAt }: KnownSilence, timezone: string): string {
  return `Unsilence ${shortened(incidentName(incident), 30)} until ${endText(endsAt, timezone)} by ${createdBy}`;
}

/** What needs someone first: by severity, then the newest. */
export function byUrgency(a: Row, b: Row): number {
  return severityRank(a.severity) - severityRank(b.severity) || b.openedAt - a.openedAt;
}

function firstLine(incident: Incident): readonly Run[] {
  const starts = incident.alerts.filter(isOpen).map(({ startsAt }) => startsAt);
  const since = starts.filter((at) => at > 0).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const { line } = incidentHeadline(incident);
  return [
    shortened(line, longestHeadline),
    ...(Number.isFinite(since) ? [', began ', { time: new Date(since), style: 'relative' } as const] : []),
  ];
}

function matchersOf({ matchers }: KnownSilence): string {
  return shortened(matchers.join(', '), longestMatchers);
}

function indented(line: Line): Line {
  return ['\u2003', ...(isRuns(line) ? line : [line])];
}

function isRuns(line: Line): line is readonly Run[] {
  return Array.isArray(line);
}

function wholeOf(incident: Incident, silences: readonly KnownSilence[]): string {
  const { acknowledged, openedAt } = incident;
  const time = (at: number): string => new Date(at).toISOString();
  return [
    `${standingOf(incident)}: ${incidentHeadline(incident).line}`,
    `  opened ${time(openedAt)}, ref ${incident.id}`,
    ...(acknowledged === undefined ? [] : [`  acknowledged by ${acknowledged.username} at ${time(acknowledged.at)}`]),
    ...silences.map(
      ({ id, createdBy, comment, endsAt, matchers }) =>
        `  silence ${id} until ${time(endsAt)} by ${createdBy}: ${comment} (${matchers.join(', ')})`,
    ),
  ].join('\n');
}
