import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { prepareMarked } from './prepared.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

export interface DatabaseOptions {
  url: string;
  /** Connections at most; 10 by default. */
  poolSize?: number;
  /** How long to wait for a connection; 3 seconds by default, for whoever asks the api should hear soon that it cannot. */
  connectTimeoutMs?: number;
  onError?: (error: Error) => void;
}

/** Opens a pool. Nothing connects until the first query. Close it with `destroy()`. */
export function openDatabase({ url, poolSize = 10, connectTimeoutMs = 3_000, onError = () => {} }: DatabaseOptions): Database {
  const pool = new pg.Pool({ connectionString: url, max: poolSize, connectionTimeoutMillis: connectTimeoutMs });
  // An idle connection that breaks (PostgreSQL restarted) is replaced by the pool; unheard, it would end the process.
  pool.on('error', onError);
  // So would one that breaks at work, although its query fails and says why.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('connect', prepareMarked);
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
