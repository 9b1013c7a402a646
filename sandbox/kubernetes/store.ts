// What the API holds: objects by resource, one counter of versions, and the changes of late, for watches and consistent pages.
import { randomUUID } from 'node:crypto';
import type { KubernetesObject } from './objects.ts';

export interface Change {
  readonly version: number;
  /** As in `all`. */
  readonly resource: string;
  readonly key: string;
  /** Null for an object that was not there before. */
  readonly before: KubernetesObject | null;
  /** Null for one that was removed. */
  readonly after: KubernetesObject | null;
}

export interface Store {
  readonly version: number;
  /** `pods`, or `<group>/<resource>` outside the core group; in the order of namespace and name. */
  all(resource: string): readonly KubernetesObject[];
  find(resource: string, namespace: string, name: string): KubernetesObject | undefined;
  /** Creates or replaces; an unchanged object keeps its version, as in the real API. */
  put(resource: string, object: KubernetesObject): KubernetesObject;
  /** The object that `put` would hold, without holding it: as it stands, at the version that is held now, if any. */
  preview(resource: string, object: KubernetesObject): KubernetesObject;
  remove(resource: string, namespace: string, name: string): KubernetesObject | undefined;
  /** As it was right after that version; null when that is forgotten. */
  allAt(resource: string, version: number): readonly KubernetesObject[] | null;
  /** What happened after that version; null when part of it is forgotten. */
  since(resource: string, version: number): readonly Change[] | null;
  /** Calls for each change until the returned function is called. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Forgets all changes: whoever asks for an older version is answered 410, as after a compaction. */
  compact(): void;
  clear(): void;
}

/** Changes remembered; older ones are forgotten as in a watch cache. */
const memory = 1_000;

export function createStore(now: () => Date): Store {
  const resources = new Map<string, Map<string, KubernetesObject>>();
  const sorted = new Map<string, KubernetesObject[]>();
  const listeners = new Set<(change: Change) => void>();
  let changes: Change[] = [];
  // Everything after this version is in `changes`.
  let horizon = 0;
  let version = 1;

  const held = (resource: string) => {
    const found = resources.get(resource) ?? new Map<string, KubernetesObject>();
    resources.set(resource, found);
    return found;
  };

  const record = (change: Omit<Change, 'version'>) => {
    const full = { ...change, version };
    sorted.delete(change.resource);
    changes.push(full);
    if (changes.length > 2 * memory) {
      horizon = changes[changes.length - memory - 1]?.version ?? horizon;
      changes = changes.slice(-memory);
    }
    for (const listener of listeners) listener(full);
  };

  const all = (resource: string): KubernetesObject[] => {
    const known = sorted.get(resource);
    if (known) return known;
    const list = inOrder(held(resource));
    sorted.set(resource, list);
    return list;
  };

  return {
    get version() {
      return version;
    },
    all,
    find: (resource, namespace, name) => held(resource).get(keyOf(namespace, name)),
    put(resource, object) {
      const key = keyOf(object.metadata.namespace ?? '', object.metadata.name);
      const before = held(resource).get(key) ?? null;
      if (before && sameBut(before, object)) return before;
      version += 1;
      const after = stamped(object, before, `${version}`, now);
      held(resource).set(key, after);
      record({ resource, key, before, after });
      return after;
    },
    preview(resource, object) {
      const before = held(resource).get(keyOf(object.metadata.namespace ?? '', object.metadata.name)) ?? null;
      return stamped(object, before, before?.metadata.resourceVersion, now);
    },
    remove(resource, namespace, name) {
      const key = keyOf(namespace, name);
      const before = held(resource).get(key);
      if (!before) return undefined;
      version += 1;
      held(resource).delete(key);
      record({ resource, key, before, after: null });
      return before;
    },
    allAt(resource, wanted) {
      if (wanted === version) return all(resource);
      if (wanted < horizon) return null;
      const past = new Map(held(resource));
      for (const change of changes.toReversed()) {
        if (change.version <= wanted) break;
        if (change.resource !== resource) continue;
        if (change.before) past.set(change.key, change.before);
        else past.delete(change.key);
      }
      return inOrder(past);
    },
    since(resource, wanted) {
      if (wanted < horizon) return null;
      return changes.filter((change) => change.version > wanted && change.resource === resource);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact() {
      changes = [];
      horizon = version;
    },
    clear() {
      resources.clear();
      sorted.clear();
      changes = [];
      version += 1;
      horizon = version;
    },
  };
}

/** The order of etcd's keys. */
export function keyOf(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function inOrder(objects: ReadonlyMap<string, KubernetesObject>): KubernetesObject[] {
  return [...objects].sort(([a], [b]) => compareKeys(a, b)).map(([, object]) => object);
}

function stamped(
  object: KubernetesObject,
  before: KubernetesObject | null,
  version: string | undefined,
  now: () => Date,
): KubernetesObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { name, namespace, uid, resourceVersion: _, creationTimestamp, ...more } = metadata;
  return {
    kind,
    apiVersion,
    metadata: {
      name,
      ...(namespace === undefined || namespace === '' ? {} : { namespace }),
      uid: before?.metadata.uid ?? uid ?? randomUUID(),
      ...(version === undefined ? {} : { resourceVersion: version }),
      creationTimestamp: before?.metadata.creationTimestamp ?? creationTimestamp ?? timestamp(now()),
      ...more,
    },
    ...rest,
  };
}

/** Whether only what the server itself sets would differ. */
function sameBut(before: KubernetesObject, after: KubernetesObject): boolean {
  const bare = ({ apiVersion, kind, metadata, ...rest }: KubernetesObject) => {
    const { name, namespace: _n, uid: _u, resourceVersion: _v, creationTimestamp: _c, ...more } = metadata;
    return JSON.stringify([apiVersion, kind, name, more, rest]);
  };
  return bare(before) === bare(after);
}

/** Whole seconds, as metav1.Time is written. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
