import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { emptyFields } from '#domain/contact.ts';
import type { IdentityKey, KeyHolder } from '#domain/match.ts';

/**
 * Takes a transaction-level advisory lock on each key. Without it, two events for one person, handled by two processes, could both find
 * no contact and create two.
 */
export async function lockKeys(db: Database, keys: readonly IdentityKey[]): Promise<void> {
  const names = keys.map(({ kind, value }) => `${kind}/${value}`).toSorted();
  if (names.length === 0) return;
  await sql`
    select pg_advisory_xact_lock(hashtextextended(name, 0))
    from unnest(${names}::text[]) with ordinality as key(name, place) order by place`.execute(db);
}

/** Lists the contacts that have one of the keys. Merged contacts are left out; their survivor holds the keys. */
export async function listKeyHolders(db: Database, keys: readonly IdentityKey[]): Promise<KeyHolder[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .selectFrom('identity_key as key')
    .innerJoin('contact', 'contact.id', 'key.contact_id')
    .select(['key.kind', 'key.value', 'contact.id', 'contact.fields'])
    .where(({ eb, or, and }) => or(keys.map(({ kind, value }) => and([eb('key.kind', '=', kind), eb('key.value', '=', value)]))))
    .where('contact.merged_into', 'is', null)
    .execute();
  return rows.map(({ kind, value, id, fields }) => ({
    contactId: id,
    key: { kind, value },
    fields: { ...emptyFields, ...fields },
  }));
}

/** Replaces all keys of a contact. */
export async function saveKeys(db: Database, contactId: string, keys: readonly IdentityKey[]): Promise<void> {
  await db.deleteFrom('identity_key').where('contact_id', '=', contactId).execute();
  if (keys.length === 0) return;
  await db
    .insertInto('identity_key')
    .values(keys.map(({ kind, value }) => ({ kind, value, contact_id: contactId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
