import { type SqlBool, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { emptyFields } from '#domain/contact.ts';
import type { IdentityKey, KeyHolder } from '#domain/matching/match.ts';

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
    .select(['key.kind', 'key.value', 'key.is_proven', 'contact.id', 'contact.fields'])
    .where(({ eb, or, and }) => or(keys.map(({ kind, value }) => and([eb('key.kind', '=', kind), eb('key.value', '=', value)]))))
    .where('contact.merged_into', 'is', null)
    .execute();
  return rows.map(({ kind, value, is_proven: isProven, id, fields }) => ({
    contactId: id,
    key: { kind, value },
    isProven,
    fields: { ...emptyFields, ...fields },
  }));
}

/** Replaces all keys of a contact. `areProven` applies to new keys; existing keys keep their `is_proven`. */
export async function saveKeys(
  db: Database,
  contactId: string,
  keys: readonly IdentityKey[],
  { areProven }: { areProven: boolean } = { areProven: true },
): Promise<void> {
  const kept = sql<SqlBool>`(kind, value) in (select * from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ value }) => value)}::text[]))`;
  await db.deleteFrom('identity_key').where('contact_id', '=', contactId).where(sql<SqlBool>`not ${kept}`).execute();
  if (keys.length === 0) return;
  await db
    .insertInto('identity_key')
    .values(keys.map(({ kind, value }) => ({ kind, value, contact_id: contactId, is_proven: areProven })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The keys of a contact that only unproven submissions have named. */
export function listUnprovenKeys(db: Database, contactId: string): Promise<IdentityKey[]> {
  return db
    .selectFrom('identity_key')
    .select(['kind', 'value'])
    .where('contact_id', '=', contactId)
    .where('is_proven', '=', false)
    .execute();
}

/** Marks keys of a contact that a source other than unproven submissions has named. */
export async function proveKeys(db: Database, contactId: string, keys: readonly IdentityKey[]): Promise<void> {
  await db
    .updateTable('identity_key')
    .set({ is_proven: true })
    .where('contact_id', '=', contactId)
    .where('is_proven', '=', false)
    .where(({ or, and, eb }) => or(keys.map(({ kind, value }) => and([eb('kind', '=', kind), eb('value', '=', value)]))))
    .execute();
}
