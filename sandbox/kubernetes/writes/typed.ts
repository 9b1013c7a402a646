// The first thing that an applied configuration has and its kind has not, in the words of structured-merge-diff.
import { isRecord, type KubernetesObject } from '../objects.ts';
import { type Resource, storeName } from '../resources.ts';
import { ApiError, status } from '../status.ts';
import { itemKey, itemKeys, keyText } from './field-set.ts';
import { type Shape, shapes } from './shapes.ts';

/** Throws 500, as the real server does, for a field that is not declared or of another type. `namespace` is told as the body has it. */
export function checkShape(resource: Resource, applied: KubernetesObject, namespace: unknown): void {
  const shape = shapes[storeName(resource)];
  const said = shape === undefined ? null : mismatch(applied, shape, '', '');
  if (said === null) return;
  const { group, version, kind } = resource;
  const type = `${group}/${version}, Kind=${kind}`;
  const where = `${typeof namespace === 'string' ? namespace : ''}/${applied.metadata.name}`;
  throw new ApiError(500, status(500, `failed to create typed patch object (${where}; ${type}): ${said}`));
}

function mismatch(value: unknown, shape: Shape, path: string, field: string): string | null {
  if (shape === 'anything' || value === null) return null;
  if (shape === 'string') return typeof value === 'string' ? null : `${path}: expected string, got ${goValue(value)}`;
  if (shape === 'number') {
    return typeof value === 'number' ? null : `${path}: expected numeric (int or float), got ${typeof value}`;
  }
  if ('items' in shape) return inList(value, shape.items, path, field);
  if (!isRecord(value)) return `${path}: expected map, got ${goValue(value)}`;
  for (const key of Object.keys(value).sort()) {
    const inner = 'each' in shape ? shape.each : shape.fields[key];
    if (inner === undefined) return `${path}.${key}: field not declared in schema`;
    const said = mismatch(value[key], inner, `${path}.${key}`, key);
    if (said !== null) return said;
  }
  return null;
}

function inList(value: unknown, shape: Shape, path: string, field: string): string | null {
  if (!Array.isArray(value)) return `${path}: expected list, got ${goValue(value)}`;
  const by = itemKeys(field, value);
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const key = by ? itemKey(item, by) : null;
    const at = key === null ? `[${index}]` : keyText(key);
    if (key !== null && seen.has(key)) return `${path}: duplicate entries for key ${at}`;
    if (key !== null) seen.add(key);
    const said = mismatch(item, shape, `${path}${at}`, '');
    if (said !== null) return said;
  }
  return null;
}

function goValue(value: unknown): string {
  return `&value.valueUnstructured{Value:${typeof value === 'object' ? JSON.stringify(value) : `${value}`}}`;
}
