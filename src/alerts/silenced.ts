// What a silence that the bot has made or ended changes about an incident at once; the next look at Alertmanager's list confirms it. Pure.
import type { Matcher } from '../alertmanager/alertmanager.ts';
import { type Incident, isOpen, type KnownAlert, type KnownSilence } from './incident.ts';
import { audible } from './ring.ts';
import { matches } from './silence-matchers.ts';

/** Of one incident, that are kept for its card. */
export const mostSilences = 25;

/** Those that end last, where they are more than are kept. */
export function kept(silences: readonly KnownSilence[]): readonly KnownSilence[] {
  return silences.toSorted((a, b) => b.endsAt - a.endsAt || (a.id < b.id ? -1 : 1)).slice(0, mostSilences);
}

export function withSilence(incident: Incident, silence: KnownSilence, matchers: readonly Matcher[]): Incident {
  const known = (incident.silences ?? []).filter(({ id }) => id !== silence.id);
  return {
    ...incident,
    silences: kept([...known, silence]),
    alerts: incident.alerts.map((alert) =>
      isOpen(alert) && matches(matchers, alert.labels) ? { ...alert, suppressed: 'silenced' } : alert,
    ),
  };
}

/** The same object where it is not known to be over the incident. */
export function withoutSilence(incident: Incident, silenceId: string): Incident {
  const known = incident.silences ?? [];
  const left = known.filter(({ id }) => id !== silenceId);
  if (left.length === known.length) return incident;
  const { silences: _, ...rest } = incident;
  if (left.length > 0) return { ...rest, silences: left };
  return { ...rest, alerts: incident.alerts.map(heard) };
}

/** Whether the end of a silence over another incident makes something heard of this one that is no alert of that one's too. */
export function isLoudBy(after: Incident, before: Incident, other: Incident): boolean {
  const known = new Set([...audible(before), ...other.alerts].map(({ fingerprint }) => fingerprint));
  return audible(after).some(({ fingerprint }) => !known.has(fingerprint));
}

function heard(alert: KnownAlert): KnownAlert {
  if (alert.suppressed !== 'silenced') return alert;
  const { suppressed: _, ...rest } = alert;
  return rest;
}
