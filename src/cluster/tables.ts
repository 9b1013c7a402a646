// Tables, as the API server makes them for `kubectl get`: much smaller than the objects, and in words that people know.
import { Table } from './schema.ts';

/** Asks for a Table. The objects themselves come in `rows[].object` with `includeObject=Object`, not at all with `None`. */
export const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io';

export interface Row {
  /** By column name, for example `Node`. */
  readonly cells: Readonly<Record<string, unknown>>;
  readonly object: unknown;
}

/** Null where it is no Table. */
export function readTable(body: unknown): { rows: Row[]; next: string } | null {
  const table = Table.safeParse(body);
  if (!table.success) return null;
  const { columnDefinitions, rows, metadata } = table.data;
  const names = columnDefinitions.map(({ name }) => name);
  return {
    rows: (rows ?? []).map((row) => ({
      cells: Object.fromEntries(names.map((name, index) => [name, cellOf(row, index)])),
      object: typeof row === 'object' && row !== null && 'object' in row ? row.object : undefined,
    })),
    next: metadata.continue,
  };
}

/** One column of a Table whose objects are of no interest; null where it is no Table or has no such column. */
export function readColumn(body: unknown, column: string): string[] | null {
  const table = Table.safeParse(body);
  if (!table.success) return null;
  const index = table.data.columnDefinitions.findIndex(({ name }) => name === column);
  if (index === -1) return null;
  const found: string[] = [];
  for (const row of table.data.rows ?? []) {
    const cell = cellOf(row, index);
    if (typeof cell === 'string') found.push(cell);
  }
  return found;
}

function cellOf(row: unknown, index: number): unknown {
  if (typeof row !== 'object' || row === null || !('cells' in row)) return undefined;
  return Array.isArray(row.cells) ? row.cells[index] : undefined;
}
