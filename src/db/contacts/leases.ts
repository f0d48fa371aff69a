import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/**
 * Lets one writer at a time near a record: an activity that timed out may still be running somewhere. False when another holds it.
 * The lease ends by itself, so that a killed worker blocks nobody for long.
 */
export async function takeLease(db: Database, linkId: string, owner: string, seconds: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('link')
    .set({ lease_owner: owner, lease_until: until(seconds) })
    .where('id', '=', linkId)
    .where(({ or, eb }) =>
      or([eb('lease_until', 'is', null), eb('lease_until', '<', sql<Date>`now()`), eb('lease_owner', '=', owner)]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** By the database's clock, which all workers share. */
export function until(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}

export async function releaseLease(db: Database, linkId: string, owner: string): Promise<void> {
  await db
    .updateTable('link')
    .set({ lease_owner: null, lease_until: null })
    .where('id', '=', linkId)
    .where('lease_owner', '=', owner)
    .execute();
}
