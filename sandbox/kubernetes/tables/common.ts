// Columns and texts that several tables share.
import { type KubernetesObject, labelsAt, listAt, textAt, textsAt } from '../objects.ts';
import type { Column } from './columns.ts';

export const none = '<none>';

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
  cell: (object) => object.metadata.name,
};

export const ageColumn: Column = {
  name: 'Age',
  type: 'string',
  description: 'CreationTimestamp is a timestamp representing the server time when this object was created.',
  priority: 0,
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

export const createdAtColumn: Column = {
  ...ageColumn,
  name: 'Created At',
  type: 'date',
  cell: (object: KubernetesObject) => object.metadata.creationTimestamp ?? '',
};

/** A column of text. */
export function column(name: string, description: string, cell: Column['cell']): Column {
  return { name, type: 'string', description, priority: 0, cell };
}

/** One that `-o wide` alone shows. */
export function wide(name: string, description: string, cell: Column['cell']): Column {
  return { ...column(name, description, cell), priority: 1 };
}

/** A label selector as it is written on a command line; `<none>` where nothing is selected. */
export function selectorText(selector: unknown): string {
  const labels = Object.entries(labelsAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${value}`);
  const expressions = listAt(selector, 'matchExpressions').map((one) => {
    const operator = textAt(one, 'operator');
    const key = textAt(one, 'key');
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${textsAt(one, 'values').join(',')})`;
  });
  const all = [...labels, ...expressions].sort();
  return all.length === 0 ? none : all.join(',');
}

/** How long ago, as kubectl shows it; `<unknown>` without a time. */
export function age(timestamp: string | undefined, now: Date): string {
  const then = Date.parse(timestamp ?? '');
  return Number.isNaN(then) ? '<unknown>' : humanDuration(Math.floor((now.getTime() - then) / 1000));
}

/** apimachinery's duration.HumanDuration: two units at the most, the finer one only while it tells something. */
export function humanDuration(seconds: number): string {
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return pair(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 8 * 365 ? pair(years, 'y', days % 365, 'd') : `${years}y`;
}

function pair(coarse: number, unit: string, fine: number, fineUnit: string): string {
  return fine === 0 ? `${coarse}${unit}` : `${coarse}${unit}${fine}${fineUnit}`;
}
