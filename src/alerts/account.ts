// What a card says about the incident as a whole: who takes care of it, what is silenced, how long it took and what has happened.
import { formatDuration } from '../lib/duration.ts';
import type { Line, Run } from '../message.ts';
import { type Incident, isOpen, isTestKey, type KnownSilence } from './incident.ts';
import { mostSilences as keptSilences } from './silenced.ts';

/** Each further silence is counted. */
const mostSilences = 3;

/** One line each; none where there is nothing to say. */
export function accountOf(incident: Incident): readonly Line[] {
  if (incident.source === 'grafana' && isTestKey(incident.groupKey)) return ['A test of a contact point of Grafana.'];
  return [...acknowledgement(incident), ...silences(incident), ...duration(incident), ...history(incident)];
}

function acknowledgement({ acknowledged, closedAt }: Incident): readonly Line[] {
  if (acknowledged === undefined) return [];
  const { personId, username, at } = acknowledged;
  const time: Run = { time: new Date(at), style: closedAt === null ? 'relative' : 'full' };
  return [
    [closedAt === null ? '👀 Acknowledged by ' : 'Acknowledged by ', { person: personId }, ` (${username}) `, time],
  ];
}

function silences({ silences: known = [], closedAt }: Incident): readonly Line[] {
  if (closedAt !== null || known.length === 0) return [];
  const shown = known.toSorted((a, b) => b.endsAt - a.endsAt).slice(0, mostSilences);
  const rest = known.length - shown.length;
  return [...shown.map(silenceLine), ...(rest > 0 ? [`… and ${furtherSilences(known, rest)}`] : [])];
}

/** How many are not shown: where as many are known as are kept, there may be more. */
export function furtherSilences(known: readonly KnownSilence[], hidden: number): string {
  return `${known.length >= keptSilences ? 'at least ' : ''}${hidden} more ${hidden === 1 ? 'silence' : 'silences'}`;
}

/** Until when, by whom and why. */
export function silenceLine({ createdBy, comment, endsAt }: KnownSilence): readonly Run[] {
  const until = new Date(endsAt);
  return [
    '🔕 Silenced until ',
    { time: until, style: 'full' },
    ' (',
    { time: until, style: 'relative' },
    `) by ${createdBy}`,
    ...(comment === '' ? [] : [`: ${comment}`]),
  ];
}

/** Only what Alertmanager said the end of has a length that one could believe. */
function duration({ closedAt, alerts }: Incident): readonly Line[] {
  if (closedAt === null || alerts.length === 0 || alerts.some((alert) => alert.endsAt === null)) return [];
  const began = Math.min(...alerts.map((alert) => alert.startsAt));
  const ended = Math.max(...alerts.map((alert) => alert.endsAt ?? 0));
  if (began <= 0 || ended < began) return [];
  return [
    [
      'From ',
      { time: new Date(began), style: 'full' },
      ' until ',
      { time: new Date(ended), style: 'full' },
      `: ${formatDuration(ended - began, 2)}`,
    ],
  ];
}

function history({ history: counted, openedAt, alerts }: Incident): readonly Line[] {
  if (counted === undefined) return [];
  const { grew, shrank, flapped } = counted;
  const gone = alerts.filter((alert) => alert.state === 'no longer reported').length;
  const told = [
    ...(grew > 0 ? [`grew ${times(grew)}`] : []),
    ...(shrank > 0 ? [`shrank ${times(shrank)}`] : []),
    ...(gone > 0 ? [`${gone} no longer reported`] : []),
    ...(flapped > 0 ? [`flapped ${times(flapped)}`] : []),
  ];
  if (told.length === 0) return [];
  const missing = alerts.some((alert) => isOpen(alert) && alert.state !== 'firing')
    ? ', not all of it in the last notification'
    : '';
  return [['History: fired ', { time: new Date(openedAt), style: 'full' }, `, ${told.join(', ')}${missing}`]];
}

function times(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : `${count} times`;
}
