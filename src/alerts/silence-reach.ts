// What a silence would cover besides the group that it is asked for. Pure.
import type { ListedAlert, Matcher } from '../alertmanager/alertmanager.ts';
import type { Incident } from './incident.ts';
import { labelOf } from './schema.ts';
import { covered, matches } from './silence-matchers.ts';

export interface Reach {
  /** Alerts that fire and are covered. */
  readonly covers: number;
  /** How many of them are of other groups, in Alertmanager's list; null where it could not be read, and `covers` counts what the bot knows. */
  readonly others: number | null;
  /** Whether the alert that always fires is among them. */
  readonly watchdog: 'covered' | 'spared' | 'not known';
}

/** @param listed Alertmanager's alerts, at least those that the matchers match; null where the list could not be read. */
export function reachOf(
  incident: Pick<Incident, 'alerts'>,
  matchers: readonly Matcher[],
  listed: readonly ListedAlert[] | null,
  watchdog: string,
): Reach {
  if (listed === null) {
    const isKnown = !mayCover(matchers, watchdog);
    return { covers: covered(incident.alerts, matchers), others: null, watchdog: isKnown ? 'spared' : 'not known' };
  }
  const reached = listed.filter(({ labels }) => matches(matchers, labels));
  const own = new Set(incident.alerts.map(({ fingerprint }) => fingerprint));
  return {
    covers: reached.length,
    others: reached.filter(({ fingerprint }) => !own.has(fingerprint)).length,
    watchdog: reached.some(({ labels }) => labelOf(labels, 'alertname') === watchdog) ? 'covered' : 'spared',
  };
}

/** False where the matchers of equality want alerts of another name. */
export function mayCover(matchers: readonly Matcher[], alertname: string): boolean {
  return matchers.every(({ name, value }) => name !== 'alertname' || value === alertname);
}
