// By which labels Alertmanager groups, from its configuration as its status tells it. Pure.
// https://prometheus.io/docs/alerting/latest/configuration/#route
import { parseDocument } from 'yaml';
import type { Grouping } from './alertmanager.ts';

/** Of configurations in a homelab; a longer one would hold up everything else while it is read. */
const longest = 128 * 1024;

const deepest = 20;

/** Alertmanager's word for all labels there are. */
const all = '...';

interface Inherited {
  readonly receiver: string;
  readonly groupBy: readonly string[];
}

/** Null for what has no route in it, as where something else answers by this API. */
export function groupingOf(config: string): Grouping | null {
  const route = routeIn(config);
  if (!isMap(route)) return null;
  const grouping = new Map<string, Set<string>>();
  add(grouping, route, { receiver: '', groupBy: [] }, 0);
  return grouping;
}

function routeIn(config: string): unknown {
  if (config.length > longest) return null;
  try {
    const parsed: unknown = parseDocument(config, { logLevel: 'silent', uniqueKeys: false, prettyErrors: false }).toJS({
      maxAliasCount: 100,
    });
    return isMap(parsed) ? parsed['route'] : null;
  } catch {
    return null;
  }
}

/** A route takes from the one above it what it does not say. */
function add(
  grouping: Map<string, Set<string>>,
  route: Readonly<Record<string, unknown>>,
  above: Inherited,
  depth: number,
): void {
  const receiver = typeof route['receiver'] === 'string' ? route['receiver'] : above.receiver;
  const groupBy = Array.isArray(route['group_by']) ? route['group_by'].filter(isText) : above.groupBy;
  const names = grouping.get(receiver) ?? new Set();
  grouping.set(receiver, names);
  for (const name of groupBy) if (name !== all) names.add(name);
  if (depth === deepest || !Array.isArray(route['routes'])) return;
  for (const child of route['routes']) if (isMap(child)) add(grouping, child, { receiver, groupBy }, depth + 1);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
