// Lets Kysely speak to node:sqlite: prepared statements are kept, and parameters that SQLite cannot hold are refused.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  type DatabaseConnection,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely';

const keptStatements = 200;

type Parameter = null | number | bigint | string | Uint8Array;

/** Milliseconds to wait for a lock that another process holds, before SQLITE_BUSY. */
const busyTimeoutMs = 2000;

/**
 * Opens a database file for Kysely.
 * @param options.after what each query waits for, as long as it gives something.
 * @throws what node:sqlite throws when the file cannot be opened; see `sqliteCode`.
 */
export function openSqlite(
  path: string,
  options: { readOnly: boolean; after?: () => Promise<void> | null },
): { raw: DatabaseSync; dialect: SqliteDialect } {
  const raw = new DatabaseSync(path, { readOnly: options.readOnly, timeout: busyTimeoutMs });
  const config = { database: adapt(raw) };
  const dialect = options.after === undefined ? new SqliteDialect(config) : new PatientDialect(config, options.after);
  return { raw, dialect };
}

class PatientDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  readonly #after: () => Promise<void> | null;

  constructor(config: SqliteDialectConfig, after: () => Promise<void> | null) {
    super(config);
    this.#config = config;
    this.#after = after;
  }

  override createDriver(): SqliteDriver {
    return new PatientDriver(this.#config, this.#after);
  }
}

class PatientDriver extends SqliteDriver {
  readonly #after: () => Promise<void> | null;

  constructor(config: SqliteDialectConfig, after: () => Promise<void> | null) {
    super(config);
    this.#after = after;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    const after = this.#after;
    return {
      async executeQuery(...query) {
        for (let wait = after(); wait !== null; wait = after()) await wait;
        return connection.executeQuery(...query);
      },
      streamQuery() {
        throw new Error('Reads are not streamed');
      },
    };
  }
}

function adapt(raw: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => raw.close(),
    prepare(sql) {
      const kept = statements.get(sql);
      if (kept !== undefined) return kept;
      const statement = sql === 'rollback' ? rollback(raw) : adaptStatement(raw.prepare(sql));
      if (statements.size >= keptStatements) statements.clear();
      statements.set(sql, statement);
      return statement;
    },
  };
}

/** A full disk ends the transaction by itself (https://www.sqlite.org/lang_transaction.html); rolling back what is gone would hide why. */
function rollback(raw: DatabaseSync): SqliteStatement {
  const nothing = { changes: 0, lastInsertRowid: 0 };
  return {
    reader: false,
    all: () => [],
    run: () => (raw.isTransaction ? raw.prepare('rollback').run() : nothing),
    iterate: () => [].values(),
  };
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(toParameter)),
    run: (parameters) => statement.run(...parameters.map(toParameter)),
    iterate: (parameters) => statement.iterate(...parameters.map(toParameter)),
  };
}

/** node:sqlite takes an object for named parameters, so that a value of outside could choose what is bound: none gets through. */
function toParameter(value: unknown): Parameter {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite takes no ${typeof value} as a parameter`);
}

/** Primary result codes that something is done about. */
export const codes = { busy: 5, locked: 6, corrupt: 11, notADatabase: 26 } as const;

/** SQLite's primary result code of an error (https://www.sqlite.org/rescode.html), or null when it is no SQLite error. */
export function sqliteCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error) || typeof error.errcode !== 'number')
    return null;
  return error.errcode & 0xff;
}
