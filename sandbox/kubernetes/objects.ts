// The shape of what the API holds, and reading it without trusting it.

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Any object as the API shows it; beyond these three its fields are read with `at`. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a dotted path, undefined where anything on the way is absent. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path.split('.')) {
    if (!isRecord(found)) return undefined;
    found = found[part];
  }
  return found;
}

export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : typeof found === 'number' || typeof found === 'boolean' ? `${found}` : '';
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, path: string): string[] {
  return listAt(value, path).filter((one) => typeof one === 'string');
}

/** The number under a path, or `otherwise`. */
export function numberAt(value: unknown, path: string, otherwise: number): number {
  const found = at(value, path);
  return typeof found === 'number' && Number.isFinite(found) ? found : otherwise;
}

/** The object under a path; an empty one where there is none. */
export function recordAt(value: unknown, path: string): Record<string, unknown> {
  const found = at(value, path);
  return isRecord(found) ? found : {};
}

/** Text values of labels, annotations and the like, whatever else is among them. */
export function labelsAt(value: unknown, path: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(recordAt(value, path)).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
}
