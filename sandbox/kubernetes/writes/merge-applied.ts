// Merging an applied configuration into an object: objects and keyed lists are merged, everything else is replaced.
import { isRecord } from '../objects.ts';
import { itemKey, itemKeys, type Path } from './field-set.ts';

export function mergeApplied(held: unknown, applied: unknown, field = ''): unknown {
  if (Array.isArray(applied)) return mergeList(Array.isArray(held) ? held : [], applied, field);
  if (!isRecord(applied)) return applied;
  if (!isRecord(held) || field === 'selector') return applied;
  const merged: Record<string, unknown> = { ...held };
  for (const [key, value] of Object.entries(applied)) {
    if (value === null) delete merged[key];
    else merged[key] = mergeApplied(merged[key], value, key);
  }
  return merged;
}

/** In the order of what is applied; items that only the object has come last. */
function mergeList(held: readonly unknown[], applied: readonly unknown[], field: string): readonly unknown[] {
  const by = itemKeys(field, [...applied, ...held]);
  if (!by) return applied;
  const before = new Map(held.map((item) => [itemKey(item, by), item]));
  const merged = applied.map((item) => mergeApplied(before.get(itemKey(item, by)), item));
  const named = new Set(applied.map((item) => itemKey(item, by)));
  return [...merged, ...held.filter((item) => !named.has(itemKey(item, by)))];
}

/** Without the field or item at a path; an object that held nothing else goes with it. */
export function without(value: unknown, path: Path, field = ''): unknown {
  const [element = '', ...rest] = path;
  if (element.startsWith('k:')) {
    if (!Array.isArray(value)) return value;
    const by = itemKeys(field, value);
    if (!by) return value;
    return value.flatMap((item) => {
      if (itemKey(item, by) !== element) return [item];
      return rest[0] === '.' || rest.length === 0 ? [] : [without(item, rest)];
    });
  }
  if (!isRecord(value) || !element.startsWith('f:')) return value;
  const key = element.slice(2);
  if (!(key in value)) return value;
  const { [key]: inner, ...others } = value;
  if (rest.length === 0) return others;
  const left = without(inner, rest, key);
  const emptied = (isRecord(left) && Object.keys(left).length === 0) || (Array.isArray(left) && left.length === 0);
  return emptied ? others : { ...value, [key]: left };
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: Path, field = ''): unknown {
  const [element, ...rest] = path;
  if (element === undefined) return value;
  if (element === '.') return value === undefined ? undefined : true;
  if (element.startsWith('k:')) {
    const by = Array.isArray(value) ? itemKeys(field, value) : null;
    const found = by && Array.isArray(value) ? value.find((item) => itemKey(item, by) === element) : undefined;
    return valueAt(found, rest);
  }
  return isRecord(value) ? valueAt(value[element.slice(2)], rest, element.slice(2)) : undefined;
}
