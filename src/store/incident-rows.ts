// An incident as it is stored.
import type { Incident } from '../alerts/incident.ts';

/** Written by this room alone, so that it is read as it was written. */
export function toIncident(state: string): Incident {
  return JSON.parse(state) as Incident;
}
