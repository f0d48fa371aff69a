import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { RefusalKey } from '#domain/refusal.ts';

/** Which of the keys another contact refused to be called at. */
export async function listRefused(db: Database, contactId: string, keys: readonly RefusalKey[]): Promise<RefusalKey[]> {
  if (keys.length === 0) return [];
  return db
    .selectFrom('refused_key')
    .select(['kind', 'value'])
    .distinct()
    .where('contact_id', '<>', contactId)
    .where(({ eb, or, and }) => or(keys.map(({ kind, value }) => and([eb('kind', '=', kind), eb('value', '=', value)]))))
    .orderBy('kind', 'desc')
    .orderBy('value')
    .execute();
}

/** Adds to the keys that a contact refused to be called at. */
export async function refuseKeys(db: Database, contactId: string, keys: readonly RefusalKey[]): Promise<void> {
  if (keys.length === 0) return;
  await db
    .insertInto('refused_key')
    .values(keys.map(({ kind, value }) => ({ kind, value, contact_id: contactId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Lifts the contact's refusal, and returns the keys that it held for. */
export function releaseKeys(db: Database, contactId: string): Promise<RefusalKey[]> {
  return db.deleteFrom('refused_key').where('contact_id', '=', contactId).returning(['kind', 'value']).execute();
}

/** Takes some keys out of a contact's refusal, which holds for its others. */
export async function dropRefusedKeys(db: Database, contactId: string, keys: readonly RefusalKey[]): Promise<void> {
  if (keys.length === 0) return;
  await db
    .deleteFrom('refused_key')
    .where('contact_id', '=', contactId)
    .where(({ eb, or, and }) => or(keys.map(({ kind, value }) => and([eb('kind', '=', kind), eb('value', '=', value)]))))
    .execute();
}

/** Gives the refused keys of a merged contact to its survivor. */
export async function moveRefusedKeys(db: Database, fromId: string, toId: string): Promise<void> {
  const keys = await releaseKeys(db, fromId);
  await refuseKeys(db, toId, keys);
}

/**
 * Marks the records of other contacts that hold one of the keys as dirty: the sweeper has them read, and their audiences decided
 * again.
 */
export async function remindHolders(db: Database, contactId: string, keys: readonly RefusalKey[]): Promise<void> {
  if (keys.length === 0) return;
  const [kinds, values] = [keys.map(({ kind }) => kind), keys.map(({ value }) => value)];
  await sql`
    update link set changed_at = coalesce(changed_at, now())
    where state = 'linked' and contact_id <> ${contactId} and contact_id in (
      select key.contact_id
      from identity_key as key
      join unnest(${kinds}::text[], ${values}::text[]) as refused(kind, value) using (kind, value))`.execute(db);
}
