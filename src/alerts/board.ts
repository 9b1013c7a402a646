// The incidents that are open, by name, in memory: what autocomplete may look at.
import type { Incident } from './incident.ts';
import { incidentName } from './message.ts';

export interface OpenIncident {
  readonly id: string;
  readonly name: string;
}

export interface Board {
  /** How this incident is now. */
  note(incident: Incident): void;
  /** The newest first. */
  open(): readonly OpenIncident[];
}

/** More are still shown and listed; they are only not suggested. */
const most = 1000;

export function createBoard(): Board {
  const names = new Map<string, string>();
  return {
    note(incident) {
      names.delete(incident.id);
      if (incident.closedAt !== null) return;
      const [oldest] = names.keys();
      if (names.size >= most && oldest !== undefined) names.delete(oldest);
      names.set(incident.id, incidentName(incident).slice(0, 100));
    },
    open: () => [...names].reverse().map(([id, name]) => ({ id, name })),
  };
}
