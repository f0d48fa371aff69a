import { sql } from 'kysely';
import pg from 'pg';
import type { Database } from './database.ts';

/** The types of `providers/account-lock.ts`, which this layer may not import. */
interface AccountKey {
  provider: string;
  accountId: string;
}

interface LockOptions {
  maxWaitSeconds: number;
  maxHoldSeconds: number;
}

/**
 * Takes an account's lock, which one process holds at a time. The lock belongs to a transaction: it works behind a connection pooler,
 * ends with the process, and ends when a machine has vanished, because PostgreSQL closes a transaction that is idle for too long.
 * Occupies one connection until it is released.
 */
export function createAccountLock(db: Database) {
  /** Returns the function that releases the lock; null after `maxWaitSeconds`. */
  return async ({ provider, accountId }: AccountKey, { maxWaitSeconds, maxHoldSeconds }: LockOptions) => {
    const transaction = await db.startTransaction().execute();
    const release = () => transaction.rollback().execute().catch(ignoreLostConnection);
    try {
      // One round trip. The lock's key mentions the settings, so that they are in force before it waits.
      await sql`
        with settings as materialized (
          select set_config('lock_timeout', ${`${maxWaitSeconds}s`}, true)
              || set_config('idle_in_transaction_session_timeout', ${`${maxHoldSeconds}s`}, true) as used)
        select pg_advisory_xact_lock(hashtextextended(${`write/${provider}/${accountId}`} || left(used, 0), 0)) from settings
      `.execute(transaction);
      return release;
    } catch (error) {
      await release();
      if (isLockTimeout(error)) return null;
      throw error;
    }
  };
}

/** The lock has ended with its connection. */
function ignoreLostConnection(): void {}

function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03';
}
