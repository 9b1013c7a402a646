// The incidents that are open, by name, in memory: what autocomplete may look at, and what tells one group from another.
import { shortened } from '../lib/shortened.ts';
import { byUrgency, distinguishingLabels, severityWord } from './describe.ts';
import { type Incident, isOpen } from './incident.ts';
import { incidentName } from './message.ts';
import { type Labels, labelOf } from './schema.ts';
import { standingOf } from './standing.ts';

export interface OpenIncident {
  readonly id: string;
  /** At most 100 characters: how bad, what, where, how many, and whether somebody has it in hand. */
  readonly name: string;
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Labels;
}

export interface Board {
  /** How this incident is now. */
  note(incident: Incident): void;
  /** The newest first. */
  open(): readonly OpenIncident[];
}

/** More are still shown and listed; they are only not suggested. */
const most = 1000;

const longestName = 100;
const mostLabels = 3;

export function createBoard(): Board {
  const known = new Map<string, OpenIncident>();
  return {
    note(incident) {
      known.delete(incident.id);
      if (incident.closedAt !== null) return;
      const [oldest] = known.keys();
      if (known.size >= most && oldest !== undefined) known.delete(oldest);
      const { id, receiver, groupKey, groupLabels } = incident;
      known.set(id, { id, name: boardName(incident), receiver, groupKey, groupLabels });
    },
    open: () => [...known.values()].reverse(),
  };
}

/** For example `critical NodeDown · monitoring, desktop-3 · 2 alerts · acknowledged`. */
export function boardName(incident: Incident): string {
  const alerts = incident.alerts.filter(isOpen).toSorted(byUrgency);
  const [first, ...others] = alerts;
  const standing = standingOf(incident);
  const isInhibited = standing === 'silenced' && alerts.every(({ suppressed }) => suppressed === 'inhibited');
  const severity = first === undefined ? '' : severityWord(first.labels);
  const places = distinguishingLabels(first?.labels ?? {})
    .filter(([name, value]) => others.every(({ labels }) => labelOf(labels, name) === value))
    .slice(0, mostLabels)
    .map(([, value]) => value);
  const rest = [
    ...(alerts.length > 1 ? [`${alerts.length} alerts`] : []),
    ...(standing === 'firing' ? [] : [isInhibited ? 'inhibited' : standing]),
  ];
  const name = `${severity} ${incidentName(incident)}`.trim();
  const ending = rest.map((word) => ` · ${word}`).join('');
  const middle = places.length === 0 ? '' : ` · ${places.join(', ')}`;
  const room = longestName - ending.length;
  const text = `${name}${middle}`.replaceAll(/\s+/g, ' ');
  return `${shortened(text, room)}${ending}`.toWellFormed();
}
