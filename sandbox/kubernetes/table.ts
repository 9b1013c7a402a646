// Tables as the real server draws them for kubectl: columns of each kind, and a row per object.
import type { KubernetesObject } from './objects.ts';
import { partial } from './partial.ts';
import type { Resource } from './resources.ts';
import { columnsFor } from './tables/columns.ts';

/** What of each object rides along in its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly include: IncludeObject;
  readonly now: Date;
  /** False in a watch after its first event. */
  readonly definitions: boolean;
}

export function tableOf(resource: Resource, objects: readonly KubernetesObject[], options: TableOptions) {
  const columns = columnsFor(resource) ?? [];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: options.definitions
      ? columns.map(({ cell: _, ...definition }) => ({ format: '', ...definition }))
      : null,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      object: options.include === 'None' ? null : options.include === 'Object' ? object : partial(object),
    })),
  };
}
