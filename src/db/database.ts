import { Kysely, sql } from 'kysely';
import pg from 'pg';
import { NamedStatementDialect } from './named-statement.ts';
import type { Tables } from './tables.ts';
import { type DatabaseTimeouts, type PoolRole, toConnectionSettings } from './timeouts.ts';

export type Database = Kysely<Tables>;

export interface DatabaseOptions {
  url: string;
  /** Maximum number of connections; 10 by default. */
  poolSize?: number;
  /** How long to wait for a connection; 3 seconds by default, so that an API request fails fast. */
  connectTimeoutMs?: number;
  onError?: (error: Error) => void;
  /** Decides on the timeouts; `maintenance` by default, which has none. */
  role?: PoolRole;
  /** Instead of those of the role, in seconds. */
  timeouts?: Partial<DatabaseTimeouts>;
}

/** Opens a pool. Nothing connects until the first query. Close it with `destroy()`. */
export function openDatabase({
  url,
  poolSize = 10,
  connectTimeoutMs = 3_000,
  onError = () => {},
  role = 'maintenance',
  timeouts,
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...{ connectionString: url, max: poolSize, connectionTimeoutMillis: connectTimeoutMs },
    ...toConnectionSettings(role, timeouts),
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

/** Whether a statement lost against another transaction that holds a lock: by a deadlock, or after `lock_timeout`. */
export function isLockConflict(error: unknown): boolean {
  return isSerializationFailure(error) || (error instanceof pg.DatabaseError && error.code === '55P03');
}

/** Answers when the database does, and rejects when it is unreachable. */
export async function pingDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db);
}
