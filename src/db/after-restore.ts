import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Far more changes than one contact can have had since the backup, and small enough for a thousand restores. */
export const sequenceStep = 1_000_000;

export interface AfterRestore {
  /** Accounts that may not be written to any more until somebody goes live again. */
  observed: string[];
  /** Contacts whose `sequence` goes on above every number that subscribers may have seen. */
  contacts: number;
}

/**
 * Makes a database that was restored from a backup safe to work with, in one transaction: the world went on without it. Every account is
 * only observed until its records have been read, because records that were created since the backup are unknown here and would be
 * created again. The sequence of each contact jumps, because subscribers ignore numbers that they have seen.
 */
export function settleAfterRestore(db: Database): Promise<AfterRestore> {
  return db.transaction().execute(async (tx) => {
    const now = new Date();
    const accounts = await tx
      .updateTable('account')
      // As if it had been connected now: it goes live only after a complete pass over its records, which the next worker starts.
      .set({ mode: 'observe', mode_since: now, created_at: now })
      .returning('provider')
      .execute();
    const contacts = await tx
      .updateTable('contact')
      .set({ revision: sql<number>`revision + ${sequenceStep}` })
      .where('revision', '>', 0)
      .executeTakeFirst();
    await tx.deleteFrom('canary_contact').execute();
    // Workflows that were signalled before the backup may have ended since.
    await tx.updateTable('link').set({ signalled_at: null }).where('signalled_at', 'is not', null).execute();
    return { observed: accounts.map(({ provider }) => provider).toSorted(), contacts: Number(contacts.numUpdatedRows) };
  });
}

/** Whether a worker runs: its lease ends five seconds after its last sign of life. */
export async function isWorkerAlive(db: Database): Promise<boolean> {
  const row = await db.selectFrom('worker_lease').select('worker_id').where('until', '>', sql<Date>`now()`).executeTakeFirst();
  return row !== undefined;
}
