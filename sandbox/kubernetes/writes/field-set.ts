// Which fields a configuration sets, as paths in the notation of managedFields (sigs.k8s.io/structured-merge-diff).
import { isRecord } from '../objects.ts';

/** Elements such as `f:spec`, `k:{"name":"app"}`, `v:"text"`; `.` stands for an item itself. */
export type Path = readonly string[];

export interface Leaf {
  readonly path: Path;
  readonly value: unknown;
}

/** Lists whose items have a key; all other lists are one value. A `ports` of a Service is told from a container's by its fields. */
const keys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  imagePullSecrets: ['name'],
  conditions: ['type'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  hostAliases: ['ip'],
  secrets: ['name'],
  ownerReferences: ['uid'],
};

/** Objects that belong to one manager as a whole. */
const atomic = new Set(['selector', 'labelSelector', 'nodeSelector', 'configMapKeyRef', 'secretKeyRef', 'fieldRef']);

/** The fields that decide which item is which; null for a list that is one value. */
export function itemKeys(field: string, items: readonly unknown[]): readonly string[] | null {
  if (!items.every(isRecord)) return null;
  if (field === 'ports') {
    if (items.every((item) => 'containerPort' in item)) return ['containerPort', 'protocol'];
    return items.every((item) => 'port' in item) ? ['port', 'protocol'] : null;
  }
  return keys[field] ?? null;
}

export function itemKey(item: unknown, fields: readonly string[]): string {
  const values = fields.map((field) => {
    const value = isRecord(item) ? item[field] : undefined;
    return [field, value ?? (field === 'protocol' ? 'TCP' : '')] as const;
  });
  return `k:${JSON.stringify(Object.fromEntries(values))}`;
}

/** Every field with its value; what says which object it is, and what the server sets, does not count. */
export function leavesOf(object: Readonly<Record<string, unknown>>): Leaf[] {
  const { apiVersion: _a, kind: _k, status: _s, metadata, ...rest } = object;
  const told = isRecord(metadata) ? metadata : {};
  const kept = ['labels', 'annotations', 'finalizers', 'ownerReferences'];
  const shown = Object.fromEntries(Object.entries(told).filter(([key]) => kept.includes(key)));
  return [...leaves({ metadata: shown, ...rest }, [], '')];
}

function* leaves(value: unknown, path: Path, field: string): Generator<Leaf> {
  if (Array.isArray(value)) {
    const by = itemKeys(field, value);
    if (!by || value.length === 0) {
      yield { path, value };
      return;
    }
    for (const item of value) {
      const at = [...path, itemKey(item, by)];
      yield { path: [...at, '.'], value: true };
      yield* leaves(item, at, '');
    }
    return;
  }
  if (!isRecord(value) || atomic.has(field) || Object.keys(value).length === 0) {
    if (path.length > 1 || !isRecord(value)) yield { path, value };
    return;
  }
  for (const [key, inner] of Object.entries(value)) yield* leaves(inner, [...path, `f:${key}`], key);
}

export function pathText(path: Path): string {
  return path.join('\u0000');
}

/** Paths as the tree that managedFields shows. */
export function fieldsV1(paths: Iterable<string>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const text of paths) {
    let node = root;
    for (const element of text.split('\u0000')) {
      const inner = isRecord(node[element]) ? node[element] : {};
      node[element] = inner;
      node = inner;
    }
  }
  return root;
}

export function pathsOf(tree: unknown): Set<string> {
  const found = new Set<string>();
  const walk = (node: unknown, path: Path) => {
    const inner = isRecord(node) ? Object.entries(node) : [];
    if (inner.length === 0 && path.length > 0) found.add(pathText(path));
    for (const [element, next] of inner) walk(next, [...path, element]);
  };
  walk(tree, []);
  return found;
}

/** As the API tells of a path: `.spec.template.spec.containers[name="app"].image`. */
export function readable(text: string): string {
  return text
    .split('\u0000')
    .filter((element) => element !== '.')
    .map((element) => (element.startsWith('f:') ? `.${element.slice(2)}` : keyText(element)))
    .join('');
}

/** `k:{"name":"app"}` as `[name="app"]`. */
export function keyText(element: string): string {
  const key: unknown = JSON.parse(element.slice(2));
  const parts = isRecord(key) ? Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`) : [];
  return `[${parts.join(',')}]`;
}
