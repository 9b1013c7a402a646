// What the card of a storm says: every group named and counted, and a short account of it once it is over. Pure.
import { formatDuration } from '../lib/duration.ts';
import { shortened } from '../lib/shortened.ts';
import type { Item, Line, Message, Tone } from '../message.ts';
import { severityCounts } from './counting.ts';
import { distinguishingLabels } from './describe.ts';
import { type Incident, isOpen, type Severity, severityRank, worstSeverity } from './incident.ts';
import { incidentName } from './message.ts';
import { standingOf } from './standing.ts';

/** What is kept in memory of one group of a storm of ten thousand. */
export interface DigestEntry {
  readonly name: string;
  /** Where, in a few words; empty where its labels do not say. */
  readonly where: string;
  readonly severity: Severity;
  readonly firing: number;
  /** All that fires of it is silenced or inhibited. */
  readonly isQuiet: boolean;
  readonly startedAt: number;
  readonly closedAt: number | null;
}

/** Of all labels of a group's first alert. */
const longestWhere = 120;

export function entryOf(incident: Incident): DigestEntry {
  const { alerts, closedAt, openedAt } = incident;
  const firing = alerts.filter(isOpen);
  const first = firing[0] ?? alerts[0];
  const where = first === undefined ? [] : distinguishingLabels(first.labels).slice(0, 3);
  return {
    name: shortened(incidentName(incident), 100),
    where: shortened(where.map(([name, value]) => `${name}=${value}`).join(' '), longestWhere),
    severity: worstSeverity(alerts),
    firing: firing.length,
    isQuiet: closedAt === null && standingOf(incident) === 'silenced',
    startedAt: openedAt,
    closedAt,
  };
}

const tones: Record<Severity, Tone> = { critical: 'critical', warning: 'warning', info: 'info', none: 'info' };
const marks: Record<Severity, string> = { critical: '🔴', warning: '🟠', info: '🔵', none: '🔵' };

export interface Storm {
  readonly openedAt: number;
  readonly isOver: boolean;
  readonly folded: readonly DigestEntry[];
  /** Those that have messages of their own soon. */
  readonly waiting: readonly DigestEntry[];
}

export function digestMessage({ openedAt, isOver, folded, waiting }: Storm): Message {
  const worst = worstOf(folded);
  const list = { items: [...folded, ...waiting].toSorted(byUrgency).map(itemOf), noun: 'group', file: 'storm.txt' };
  if (isOver) return account(openedAt, folded, worst, list);
  const open = folded.filter(({ closedAt }) => closedAt === null);
  const over = folded.length - open.length;
  const now = worstOf(open.length > 0 ? open : folded);
  return {
    headline: `${marks[now]} storm: ${groups(folded.length)} in this message: ${countsOf(open)} firing${over > 0 ? `, ${over} resolved` : ''}`,
    tone: tones[now],
    title: `storm · ${groups(folded.length)}`,
    text: [
      [
        'Since ',
        { time: new Date(openedAt), style: 'full' },
        ': more alerts came than this channel can show one by one.',
      ],
      `Each of these has no message of its own: ${countsOf(open)} firing, ${over} resolved.`,
      ...(waiting.length > 0
        ? [`${groups(waiting.length)} more wait for messages of their own; they are listed here until then.`]
        : []),
      [{ code: '/alerts' }, ' lists them one by one, ', { code: '/silence' }, ' silences them.'],
    ],
    list,
    footer: 'storm',
  };
}

/** Groups that the account of a storm names; all of them are in its file. */
const mostAccounted = 5;

function account(
  openedAt: number,
  folded: readonly DigestEntry[],
  worst: Severity,
  list: NonNullable<Message['list']>,
): Message {
  const ended = Math.max(openedAt, ...folded.map(({ closedAt }) => closedAt ?? 0));
  const began = Math.min(openedAt, ...folded.map(({ startedAt }) => startedAt));
  const text: Line[] = [
    [
      'From ',
      { time: new Date(began), style: 'full' },
      ' until ',
      { time: new Date(ended), style: 'full' },
      `: ${formatDuration(ended - began, 2)}`,
    ],
    `${groups(folded.length)} shared this message: ${countsOf(folded)}. All of them are over.`,
  ];
  return {
    headline: `✅ storm over: ${groups(folded.length)}, the worst ${worst === 'none' ? 'without a severity' : worst}`,
    tone: 'good',
    title: `storm over · ${groups(folded.length)}`,
    text,
    list: { ...list, most: mostAccounted },
    footer: 'storm',
  };
}

/** Where its message was posted before anything of it rang. */
export function digestRing(): Message {
  return { headline: '🔴 the storm has got worse', tone: 'critical' };
}

function groups(count: number): string {
  return `${count} alert ${count === 1 ? 'group' : 'groups'}`;
}

/** For example `12 critical, 9988 warning`. */
function countsOf(entries: readonly DigestEntry[]): string {
  return severityCounts(entries.map(({ severity }) => severity)) || '0';
}

function worstOf(entries: readonly DigestEntry[]): Severity {
  return entries.reduce<Severity>(
    (worst, { severity }) => (severityRank(severity) < severityRank(worst) ? severity : worst),
    'none',
  );
}

function byUrgency(a: DigestEntry, b: DigestEntry): number {
  const over = Number(a.closedAt !== null) - Number(b.closedAt !== null);
  return over || severityRank(a.severity) - severityRank(b.severity) || (a.name < b.name ? -1 : 1);
}

/** Made when it is read: most of a storm stands in the file alone. */
function itemOf(entry: DigestEntry): Item {
  const { name, where, severity, firing, isQuiet, closedAt } = entry;
  const state = closedAt === null ? `${firing} firing${isQuiet ? ' (silenced or inhibited)' : ''}` : 'resolved';
  const word = severity === 'none' ? '' : `${severity} `;
  return {
    get lines() {
      return [[{ bold: name }, ` ${word}${state}`, ...(where === '' ? [] : [' ', { code: where }])]];
    },
    get whole() {
      return `${word}${state}: ${name}${where === '' ? '' : ` ${where}`}`;
    },
  };
}
