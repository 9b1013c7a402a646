// What the card of a notification says, as a reader would read it: for tests about its words.
import type { Incident } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { incidentHeadline, incidentMessage } from '../../../src/alerts/message.ts';
import type { Line } from '../../../src/message.ts';
import { type AlertInput, minute, noActions, notification, t0 } from './notifications.ts';

/** The incident that a first notification of these alerts opens. */
export function opened(alerts: readonly AlertInput[], more: Record<string, unknown> = {}): Incident {
  const merged = merge(undefined, notification(alerts, more), t0 + minute);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  return merged.incident;
}

/** What a reader would read of one line, without the markup. */
export function plain(line: Line): string {
  if (typeof line === 'string') return line;
  if (Array.isArray(line)) return line.map(plain).join('');
  return Object.values(line as object)
    .map(String)
    .join('');
}

export function headlineOf(incident: Incident): string {
  return incidentHeadline(incident).line;
}

/** The lines above the list, those of each alert in it, and the facts below. */
export function cardOf(incident: Incident) {
  const { title, text = [], list, facts = [] } = incidentMessage(incident, t0 + minute, noActions);
  return {
    title,
    text: text.map(plain),
    alerts: list?.items.map(({ lines }) => lines.map(plain)) ?? [],
    facts: facts.map(({ name, value }) => `${name}: ${plain(value)}`),
  };
}
