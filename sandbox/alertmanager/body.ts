// The body that Alertmanager 0.34 posts for a group, key by key in its order.
import { fingerprint, type Labels, sorted } from './fingerprint.ts';

export interface Alert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: Date;
  /** Null while it fires. */
  readonly endsAt: Date | null;
  readonly generatorURL: string;
}

export type Reason =
  | 'first notification'
  | 'new alerts added'
  | 'some alerts resolved'
  | 'all alerts resolved'
  | 'repeat interval elapsed';

export interface Told {
  readonly receiver: string;
  readonly reason: Reason;
  readonly groupLabels: Labels;
  readonly alerts: readonly Alert[];
  /** 0 for no limit. The cut comes before the status is worked out, as in the real one. */
  readonly maxAlerts: number;
  readonly externalURL: string;
}

/** JSON as Go writes it, with its line end. */
export function bodyOf({ receiver, reason, groupLabels, alerts, maxAlerts, externalURL }: Told): string {
  const ordered = [...alerts].sort(compareAlerts);
  const kept = maxAlerts > 0 ? ordered.slice(0, maxAlerts) : ordered;
  const body = {
    receiver: receiver.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'),
    status: kept.some((alert) => alert.endsAt === null) ? 'firing' : 'resolved',
    alerts: kept.map((alert) => ({
      status: alert.endsAt === null ? 'firing' : 'resolved',
      labels: asMap(alert.labels),
      annotations: asMap(alert.annotations),
      startsAt: goTime(alert.startsAt),
      endsAt: alert.endsAt === null ? '0001-01-01T00:00:00Z' : goTime(alert.endsAt),
      generatorURL: alert.generatorURL,
      fingerprint: fingerprint(alert.labels),
    })),
    notification_reason: reason,
    groupLabels: asMap(groupLabels),
    commonLabels: common(kept.map((alert) => alert.labels)),
    commonAnnotations: common(kept.map((alert) => alert.annotations)),
    routeLabels: {},
    externalURL,
    version: '4',
    groupKey: groupKey(groupLabels),
    truncatedAlerts: ordered.length - kept.length,
  };
  return `${goEscape(JSON.stringify(body))}\n`;
}

/** The key of a group of the root route. */
export function groupKey(groupLabels: Labels): string {
  const pairs = sorted(groupLabels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{}:{${pairs.join(', ')}}`;
}

/** Alertmanager's order: by `job`, then `instance` (who lacks it comes last), then all labels. */
export function compareAlerts(a: Pick<Alert, 'labels'>, b: Pick<Alert, 'labels'>): number {
  for (const name of ['job', 'instance']) {
    const [left, right] = [a.labels[name], b.labels[name]];
    if (left === right) continue;
    if (left === undefined) return 1;
    return right === undefined ? -1 : compareText(left, right);
  }
  return compareLabels(a.labels, b.labels);
}

/** `LabelSet.Before` of prometheus/common: the smaller set is less, then the first differing name, then its value. */
function compareLabels(a: Labels, b: Labels): number {
  const size = Object.keys(a).length - Object.keys(b).length;
  if (size !== 0) return size;
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(compareText);
  for (const name of names) {
    const [left, right] = [a[name], b[name]];
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    const order = compareText(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function common(sets: readonly Labels[]): Labels {
  const [first = {}, ...rest] = sets;
  return Object.fromEntries(sorted(first).filter(([name, value]) => rest.every((set) => set[name] === value)));
}

/** Go writes maps in the order of their keys. */
function asMap(labels: Labels): Labels {
  return Object.fromEntries(sorted(labels));
}

/** RFC 3339 without trailing zeros. */
function goTime(time: Date): string {
  return time.toISOString().replace(/\.?0*Z$/, 'Z');
}

/** Go's encoder escapes what would be markup in HTML. */
function goEscape(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
