// What the server knows of a kind.
import type { KubernetesObject } from '../objects.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** A part of an object with a path of its own, as `deployments/scale`. */
export interface Subresource {
  readonly name: 'log' | 'scale' | 'status';
  readonly verbs: readonly Verb[];
}

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly Subresource[];
  /** Whether `metadata.generation` counts the changes of its spec. */
  readonly generation?: boolean;
  /** Fields for `fieldSelector` besides metadata.name and metadata.namespace. */
  readonly fields: readonly string[];
  /** Where a field of a selector is not at its own path. */
  readonly field?: (object: KubernetesObject, field: string) => string | undefined;
  /** What an empty object of the kind looks like beside its metadata, as in a bookmark. */
  readonly blank?: Readonly<Record<string, unknown>>;
  /** The resource that really holds the objects, where this is another view of it. */
  readonly view?: { readonly of: string; readonly show: (object: KubernetesObject) => KubernetesObject };
}
