// What a silence would cover besides the group that it is asked for. Pure.
import type { ListedAlert, Matcher } from '../alertmanager/alertmanager.ts';
import type { Incident } from './incident.ts';
import { asNotified } from './reconcile.ts';
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

export interface Asked {
  readonly incident: Pick<Incident, 'alerts' | 'groupLabels' | 'receiver'>;
  readonly matchers: readonly Matcher[];
  /** Names of the labels by which routes to its receiver group, as far as they are known. */
  readonly names: readonly string[];
  /** The name of the alert that always fires. */
  readonly watchdog: string;
}

/** @param listed Alertmanager's alerts, at least those that the matchers match; null where the list could not be read. */
export function reachOf(asked: Asked, listed: readonly ListedAlert[] | null): Reach {
  const { incident, matchers, watchdog } = asked;
  if (listed === null) {
    const isKnown = !mayCover(matchers, watchdog);
    return { covers: covered(incident.alerts, matchers), others: null, watchdog: isKnown ? 'spared' : 'not known' };
  }
  const reached = listed.filter(({ labels }) => matches(matchers, labels));
  const known = new Set(incident.alerts.map(({ fingerprint }) => fingerprint));
  return {
    covers: reached.length,
    others: reached.filter((alert) => !known.has(alert.fingerprint) && !isOfGroup(alert, asked)).length,
    watchdog: reached.some(({ labels }) => labelOf(labels, 'alertname') === watchdog) ? 'covered' : 'spared',
  };
}

/** Whether it may be of this group: `max_alerts` keeps some from notifications, and new ones come with the next. */
function isOfGroup({ labels, receivers }: ListedAlert, { incident, names }: Asked): boolean {
  const { groupLabels, receiver } = incident;
  return (
    receivers.some((name) => asNotified(name) === receiver) &&
    [...Object.keys(groupLabels), ...names].every(
      (name) => (labelOf(labels, name) ?? '') === (labelOf(groupLabels, name) ?? ''),
    )
  );
}

/** False where the matchers of equality want alerts of another name. */
export function mayCover(matchers: readonly Matcher[], alertname: string): boolean {
  return matchers.every(({ name, value }) => name !== 'alertname' || value === alertname);
}
