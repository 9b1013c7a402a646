// Who set which field: the managedFields of an object, after an apply or another change.
import { isDeepStrictEqual } from 'node:util';
import { isRecord, type KubernetesObject, listAt, textAt } from '../objects.ts';
import { ApiError, status } from '../status.ts';
import { fieldsV1, type Leaf, leavesOf, pathsOf, pathText, readable } from './field-set.ts';
import { mergeApplied, valueAt, without } from './merge-applied.ts';

export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  /** `scale`, `status`, or empty. */
  readonly subresource: string;
}

interface Entry extends Manager {
  readonly apiVersion: string;
  readonly time: string;
  readonly paths: ReadonlySet<string>;
}

export function applyAs(
  held: KubernetesObject,
  applied: KubernetesObject,
  how: {
    readonly manager: string;
    readonly force: boolean;
    readonly at: string;
    /** `scale` where it is applied through that; empty by default. */
    readonly subresource?: string;
  },
): KubernetesObject {
  const { manager, force, at, subresource = '' } = how;
  const who: Manager = { name: manager, operation: 'Apply', subresource };
  const leaves = leavesOf(applied);
  const mine = new Set(leaves.map(({ path }) => pathText(path)));
  const entries = entriesOf(held);
  const earlier = entries.find((one) => isSame(one, who));
  const others = entries.filter((one) => one !== earlier);
  const contested = leaves.filter(({ path, value }) => !isDeepStrictEqual(valueAt(held, path), value));
  if (!force) refuseConflicts(others, contested);
  const taken = new Set(contested.map(({ path }) => pathText(path)));
  const left = others.map((one) => ({ ...one, paths: new Set([...one.paths].filter((path) => !taken.has(path))) }));
  // What this manager set before and no longer does, and nobody else either, goes.
  const shared = new Set(left.flatMap(({ paths }) => [...paths]));
  let merged: unknown = held;
  for (const path of earlier?.paths ?? []) {
    if (!mine.has(path) && !shared.has(path)) merged = without(merged, path.split('\u0000'));
  }
  merged = mergeApplied(merged, applied);
  // An object laid over an object: kind, version and metadata stay, since the applied one names them too.
  return written(merged as KubernetesObject, [
    ...left,
    { ...who, apiVersion: applied.apiVersion, time: at, paths: mine },
  ]);
}

/** After a change by other means: what differs now is this manager's alone. */
export function updateAs(
  before: KubernetesObject | null,
  after: KubernetesObject,
  who: Manager,
  at: string,
): KubernetesObject {
  const leaves = leavesOf(after);
  const changed = leaves.filter(({ path, value }) => !before || !isDeepStrictEqual(valueAt(before, path), value));
  const present = new Set(leaves.map(({ path }) => pathText(path)));
  const taken = new Set(changed.map(({ path }) => pathText(path)));
  const entries = before ? entriesOf(before) : [];
  const own = entries.find((one) => isSame(one, who));
  const others = entries
    .filter((one) => one !== own)
    .map((one) => ({ ...one, paths: kept(one.paths, (path) => present.has(path) && !taken.has(path)) }));
  const mine = new Set([...kept(own?.paths ?? new Set<string>(), (path) => present.has(path)), ...taken]);
  const time = taken.size > 0 ? at : (own?.time ?? at);
  return written(after, [...others, { ...who, apiVersion: after.apiVersion, time, paths: mine }]);
}

function kept(paths: ReadonlySet<string>, keep: (path: string) => boolean): Set<string> {
  return new Set([...paths].filter(keep));
}

function isSame(a: Manager, b: Manager): boolean {
  return a.name === b.name && a.operation === b.operation && a.subresource === b.subresource;
}

function entriesOf(object: KubernetesObject): Entry[] {
  return listAt(object, 'metadata.managedFields').map((one) => ({
    name: textAt(one, 'manager'),
    operation: textAt(one, 'operation') === 'Apply' ? 'Apply' : 'Update',
    subresource: textAt(one, 'subresource'),
    apiVersion: textAt(one, 'apiVersion'),
    time: textAt(one, 'time'),
    paths: pathsOf(isRecord(one) ? one['fieldsV1'] : {}),
  }));
}

function written(object: KubernetesObject, entries: readonly Entry[]): KubernetesObject {
  const managedFields = entries
    .filter(({ paths }) => paths.size > 0)
    .toSorted((a, b) => a.operation.localeCompare(b.operation))
    .map(({ name, operation, subresource, apiVersion, time, paths }) => ({
      manager: name,
      operation,
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: fieldsV1(paths),
      ...(subresource === '' ? {} : { subresource }),
    }));
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields.length === 0 ? metadata : { ...metadata, managedFields } };
}

/** Throws 409, in the words of structured-merge-diff, for fields that others have set to something else. */
function refuseConflicts(others: readonly Entry[], contested: readonly Leaf[]): void {
  const found = others.flatMap((one) =>
    contested
      .map(({ path }) => pathText(path))
      .filter((path) => one.paths.has(path))
      .map((path) => ({ whose: whose(one), field: readable(path) })),
  );
  if (found.length === 0) return;
  const causes = found.map(({ whose, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${whose}`,
    field,
  }));
  const [first] = found;
  const said =
    found.length === 1 && first
      ? `1 conflict: conflict with ${first.whose}: ${first.field}`
      : `${found.length} conflicts: ${byManager(found)}`;
  throw new ApiError(409, status(409, `Apply failed with ${said}`, { reason: 'Conflict', details: { causes } }));
}

function byManager(found: readonly { readonly whose: string; readonly field: string }[]): string {
  const groups = Map.groupBy(found, ({ whose }) => whose);
  return [...groups]
    .map(([whose, fields]) => `conflicts with ${whose}:\n${fields.map(({ field }) => `- ${field}`).join('\n')}`)
    .join('\n');
}

function whose({ name, operation, subresource, apiVersion }: Entry): string {
  const through = subresource === '' ? '' : ` with subresource "${subresource}"`;
  return `"${name}"${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}
