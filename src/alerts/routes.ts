// Which channel an incident goes to, and whom it rings there.
import { type Incident, isOpen, type KnownAlert, worstSeverity } from './incident.ts';
import { labelOf } from './schema.ts';

/** One entry of `alerts.routes`. */
export interface Route {
  /** Label name → exact value, or a regular expression that is found anywhere in it. */
  readonly match: Readonly<Record<string, string | RegExp>>;
  readonly channel: string;
  readonly mention: readonly string[];
  /** Undefined: critical and warning ring. */
  readonly ring?: boolean | undefined;
}

export interface Destination {
  readonly channelId: string;
  readonly mentionRoles: readonly string[];
  readonly ring: boolean;
}

/** Longer values are matched by their beginning, which bounds what an expression can cost. */
const matchedLength = 1024;

/**
 * Chosen once, when the incident's card is made, and kept. The first route wins of which one firing alert carries all labels;
 * where nothing fires any more, any alert counts and nobody is rung.
 */
export function chooseDestination(
  incident: Pick<Incident, 'alerts'>,
  routes: readonly Route[],
  defaultChannelId: string,
): Destination {
  const firing = incident.alerts.filter(isOpen);
  const alerts = firing.length > 0 ? firing : incident.alerts;
  const route = routes.find((one) => alerts.some((alert) => carries(alert, one)));
  const severity = worstSeverity(alerts);
  const rings = route?.ring ?? (severity === 'critical' || severity === 'warning');
  const over = firing.length === 0;
  return {
    channelId: route?.channel ?? defaultChannelId,
    mentionRoles: over ? [] : (route?.mention ?? []),
    ring: rings && !over,
  };
}

function carries(alert: KnownAlert, route: Route): boolean {
  return Object.entries(route.match).every(([name, wanted]) => {
    // As in Alertmanager's matchers, a label that is absent counts as empty.
    const value = (labelOf(alert.labels, name) ?? '').slice(0, matchedLength);
    return typeof wanted === 'string' ? value === wanted : wanted.test(value);
  });
}
