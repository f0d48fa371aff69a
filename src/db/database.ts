import { Kysely, sql } from 'kysely';
import pg from 'pg';
import { NamedStatementDialect } from './named-statement.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

/** Milliseconds after which PostgreSQL ends what a process asked for and may no longer want. */
export interface DatabaseLimits {
  statement: number;
  lock: number;
  idleInTransaction: number;
}

/**
 * By the process that opens the pool. A request waits less than a minute; a pass over many rows may take minutes. Migrations and commands
 * have no limits. They are parameters of the connection, and a transaction may set others for itself.
 */
export const databaseLimits = {
  api: { statement: 60_000, lock: 20_000, idleInTransaction: 60_000 },
  worker: { statement: 10 * 60_000, lock: 60_000, idleInTransaction: 5 * 60_000 },
} satisfies Record<string, DatabaseLimits>;

export interface DatabaseOptions {
  url: string;
  /** Maximum number of connections; 10 by default. */
  poolSize?: number;
  /** How long to wait for a connection; 3 seconds by default, so that an API request fails fast. */
  connectTimeoutMs?: number;
  limits?: DatabaseLimits;
  onError?: (error: Error) => void;
}

/** Opens a pool. Nothing connects until the first query. Close it with `destroy()`. */
export function openDatabase({
  url,
  poolSize = 10,
  connectTimeoutMs = 3_000,
  limits,
  onError = () => {},
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...{ connectionString: url, max: poolSize, connectionTimeoutMillis: connectTimeoutMs },
    ...(limits && {
      statement_timeout: limits.statement,
      lock_timeout: limits.lock,
      idle_in_transaction_session_timeout: limits.idleInTransaction,
    }),
  });
  // The pool replaces an idle connection that breaks (PostgreSQL restarted). An unhandled error event would end the process.
  pool.on('error', onError);
  // So would the error event of a connection in use. Its query rejects with the same error, so nothing is lost here.
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<Tables>({ dialect: new NamedStatementDialect(pool) });
}

/** Whether PostgreSQL ended a transaction for the sake of another one: a deadlock, for example. It may succeed when it runs again. */
export function isSerializationFailure(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '40P01' || error.code === '40001');
}

/** Answers when the database does, and rejects when it is unreachable. */
export async function pingDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db);
}
