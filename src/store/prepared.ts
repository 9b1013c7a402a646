// Queries that are built once: building one and writing its SQL takes several times as long as running it.
import { type Compilable, type CompiledQuery, sql } from 'kysely';
import type { Reader } from './store.ts';

type Value = string | number | null;

/**
 * For `limit`, written into the SQL: SQLite looks at the value that is bound to a limit when it plans, and so
 * plans anew each time that one is bound.
 */
export const oneRow = sql.lit(1);

/** Stands where a value will be. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * @param build called once, with what stands for each value: only to be handed on to Kysely as one, since nothing can be decided by it.
 * @returns the query, to be run with values; resolves to its rows.
 */
export function prepared<V extends Record<string, Value>, O>(
  build: (db: Reader, values: V) => Compilable<O>,
): (db: Reader, values: V) => Promise<readonly O[]> {
  let compiled: CompiledQuery<O> | null = null;
  return async (db, values) => {
    compiled ??= build(db, placeholders<V>()).compile();
    const parameters = compiled.parameters.map((one) => (one instanceof Placeholder ? values[one.name] : one));
    const { rows } = await db.executeQuery<O>({ ...compiled, parameters });
    return rows;
  };
}

function placeholders<V extends Record<string, Value>>(): V {
  return new Proxy({} as V, { get: (_, name) => new Placeholder(String(name)) });
}
