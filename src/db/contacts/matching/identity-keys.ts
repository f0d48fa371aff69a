import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { IdentityKey } from '#domain/matching/identity-keys.ts';

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

/** Replaces all keys of a contact. `areProven` applies to new keys; existing keys keep their `is_proven`. */
export async function saveKeys(
  db: Database,
  contactId: string,
  keys: readonly IdentityKey[],
  { areProven }: { areProven: boolean } = { areProven: true },
): Promise<void> {
  await sql`
    with wanted as (
      select * from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ value }) => value)}::text[]) as key(kind, value)
    ), dropped as (
      delete from identity_key where contact_id = ${contactId} and (kind, value) not in (select kind, value from wanted)
    )
    insert into identity_key (kind, value, contact_id, is_proven) select kind, value, ${contactId}, ${areProven} from wanted
    on conflict do nothing`.execute(db);
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
