// Which channel an incident goes to, and whom it rings there.
import { type Escalation, type Incident, isOpen, type KnownAlert, type Ringing, worstSeverity } from './incident.ts';
import { labelOf } from './schema.ts';

/** One entry of `alerts.routes`. */
export interface Route {
  /** Label name → exact value, or a regular expression that is found anywhere in it. */
  readonly match: Readonly<Record<string, string | RegExp>>;
  readonly channel: string;
  readonly mention: readonly string[];
  /** Undefined: critical and warning ring. */
  readonly ring?: boolean | undefined;
  readonly ringOnResolve?: boolean;
  readonly escalate?: Escalation | undefined;
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
  const { alerts, route } = routeOf(incident, routes);
  const over = !incident.alerts.some(isOpen);
  const rings = isAudible(route?.ring, alerts);
  return {
    channelId: route?.channel ?? defaultChannelId,
    mentionRoles: over ? [] : (route?.mention ?? []),
    ring: rings && !over,
  };
}

/** What the incident's route says of ringing, kept with it as its channel is. */
export function ringingOf(incident: Pick<Incident, 'alerts'>, routes: readonly Route[]): Ringing {
  const { route } = routeOf(incident, routes);
  return {
    ...(route?.ring !== undefined && { ring: route.ring }),
    mention: route?.mention ?? [],
    onResolve: route?.ringOnResolve ?? false,
    escalate: route?.escalate ?? null,
  };
}

/** Whether alerts ring: as the route says, else when the worst of them is critical or a warning. */
export function isAudible(ring: boolean | undefined, alerts: readonly KnownAlert[]): boolean {
  const severity = worstSeverity(alerts);
  return ring ?? (severity === 'critical' || severity === 'warning');
}

function routeOf(incident: Pick<Incident, 'alerts'>, routes: readonly Route[]) {
  const firing = incident.alerts.filter(isOpen);
  const alerts = firing.length > 0 ? firing : incident.alerts;
  return { alerts, route: routes.find((one) => alerts.some((alert) => carries(alert, one))) };
}

function carries(alert: KnownAlert, route: Route): boolean {
  return Object.entries(route.match).every(([name, wanted]) => {
    // As in Alertmanager's matchers, a label that is absent counts as empty.
    const value = (labelOf(alert.labels, name) ?? '').slice(0, matchedLength);
    return typeof wanted === 'string' ? value === wanted : wanted.test(value);
  });
}
