// What may be logged beside a message: plain, bounded, redacted.
import { format, types } from 'node:util';
import type { Redact } from './redact.ts';
import { redacted, Secret } from './secret.ts';
import { saysSecret } from './secret-names.ts';

const deepest = 6;
const widest = 100;
const mostValues = 1000;
const longestText = 8192;

interface Walk {
  readonly redact: Redact;
  /** Values seen so far in this one entry. */
  values: number;
}

/** A message; further values are formatted into it as `util.format` does. */
export function cleanMessage(redact: Redact, message: unknown, values: readonly unknown[]): string {
  const text = values.length === 0 && typeof message === 'string' ? message : format(message, ...values);
  return cut(redact(bounded(text)));
}

/** The fields of one entry. Never throws, whatever the object does when it is read. */
export function cleanFields(redact: Redact, fields: object): Record<string, unknown> {
  const walk = { redact, values: 0 };
  return cleanObject(walk, fields, 0);
}

function clean(walk: Walk, value: unknown, depth: number): unknown {
  walk.values += 1;
  if (walk.values > mostValues) return '[more]';
  switch (typeof value) {
    case 'string':
      return cut(walk.redact(bounded(value)));
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : cleanValue(walk, value, depth);
    default:
      return undefined;
  }
}

function cleanValue(walk: Walk, value: object, depth: number): unknown {
  if (value instanceof Secret) return redacted;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL) return walk.redact(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= deepest) return '[deeper]';
  if (isError(value)) return cleanError(walk, value, depth);
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value].slice(0, widest).map((item) => clean(walk, item, depth + 1));
    const total = Array.isArray(value) ? value.length : value.size;
    return total > widest ? [...items, `[${total - widest} more]`] : items;
  }
  return cleanObject(walk, value instanceof Map ? Object.fromEntries(value) : value, depth);
}

function cleanObject(walk: Walk, value: object, depth: number): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const name of safely(() => Object.keys(value), [])) {
    if (entries.length >= widest) {
      entries.push(['more', '[more]']);
      break;
    }
    const field = safely<unknown>(() => Reflect.get(value, name), '[unreadable]');
    const hidden = (typeof field === 'string' || typeof field === 'number') && saysSecret(name);
    entries.push([
      cut(walk.redact(name)),
      hidden ? redacted : safely(() => clean(walk, field, depth + 1), '[unreadable]'),
    ]);
  }
  return Object.fromEntries(entries);
}

/** Also one that was made in another realm, as a worker's or a test's. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** Only what is known of errors: clients hang whole requests, with their headers, on theirs. */
function cleanError(walk: Walk, error: Error, depth: number): Record<string, unknown> {
  const known = [
    'name',
    'message',
    'code',
    'status',
    'statusCode',
    'errno',
    'syscall',
    'stack',
    'cause',
    'errors',
  ] as const;
  const entries = known.flatMap((name): [string, unknown][] => {
    const value = safely<unknown>(() => Reflect.get(error, name), '[unreadable]');
    return value === undefined ? [] : [[name === 'name' ? 'type' : name, clean(walk, value, depth + 1)]];
  });
  return Object.fromEntries(entries);
}

/** Some more than is kept, so that a secret at the cut is still recognised, and little enough to be quick. */
function bounded(text: string): string {
  return text.length > 4 * longestText ? text.slice(0, 4 * longestText) : text;
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)} [cut]` : text;
}

function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
