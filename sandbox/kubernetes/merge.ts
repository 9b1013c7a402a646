// JSON merge patch, RFC 7386: null removes, objects are merged, everything else is replaced.
import { isRecord } from './objects.ts';

export function merge(held: unknown, change: unknown): unknown {
  if (!isRecord(change)) return change;
  const merged: Record<string, unknown> = isRecord(held) ? { ...held } : {};
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}
