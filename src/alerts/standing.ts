// Whether anybody has to act on an incident: pure.
import type { Incident } from './incident.ts';
import { audible } from './ring.ts';

export type Standing = 'firing' | 'acknowledged' | 'silenced';

/** Silenced or inhibited as a whole, taken care of by somebody, or neither. */
export function standingOf(incident: Incident): Standing {
  if (audible(incident).length === 0) return 'silenced';
  return incident.acknowledged === undefined ? 'firing' : 'acknowledged';
}
