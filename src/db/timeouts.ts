/** Seconds after which PostgreSQL ends a statement, a wait for a lock, and a transaction that does nothing. 0 for never. */
export interface DatabaseTimeouts {
  statement: number;
  lock: number;
  idleTransaction: number;
}

/** The user of a pool. Migrations and commands (`maintenance`) have no timeouts. */
export type PoolRole = 'api' | 'worker' | 'maintenance';

/** A lock is given up before its statement is: the error then tells that it was the lock. */
const defaults: Record<PoolRole, DatabaseTimeouts> = {
  api: { statement: 60, lock: 20, idleTransaction: 60 },
  // A pass over many rows may take minutes. A refresh of an OAuth grant holds its row while the vendor answers.
  worker: { statement: 600, lock: 60, idleTransaction: 300 },
  maintenance: { statement: 0, lock: 0, idleTransaction: 0 },
};

/**
 * The settings of a connection, in milliseconds, which pg sends when it connects. It sends no 0, so that a pooler that refuses the
 * settings (PgBouncer) can be used.
 */
export function toConnectionSettings(role: PoolRole, changed: Partial<DatabaseTimeouts> = {}) {
  const seconds = role === 'maintenance' ? defaults.maintenance : { ...defaults[role], ...changed };
  return {
    statement_timeout: seconds.statement * 1_000,
    lock_timeout: seconds.lock * 1_000,
    idle_in_transaction_session_timeout: seconds.idleTransaction * 1_000,
  };
}
