import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/**
 * Takes the exclusive right to write to a record. Returns false while another owner holds it. An activity that timed out may still be
 * running, so a lease is needed; it expires, so a killed worker does not block the record for long.
 */
export async function takeLease(db: Database, linkId: string, owner: string, seconds: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('link')
    .set({ lease_owner: owner, lease_until: leaseEnd(seconds) })
    .where('id', '=', linkId)
    .where(({ or, eb }) =>
      or([eb('lease_until', 'is', null), eb('lease_until', '<', sql<Date>`now()`), eb('lease_owner', '=', owner)]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The end of a lease that starts now, by the clock of the database, which all workers share. */
export function leaseEnd(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}

/** Does nothing if the lease has expired and another owner has taken it. */
export async function releaseLease(db: Database, linkId: string, owner: string): Promise<void> {
  await db
    .updateTable('link')
    .set({ lease_owner: null, lease_until: null })
    .where('id', '=', linkId)
    .where('lease_owner', '=', owner)
    .execute();
}
