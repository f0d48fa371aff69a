import { type SqlBool, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ContactFields, ProviderValues } from '#domain/contact.ts';
import type { MatchKey } from '#domain/matching/match-keys.ts';

/** The values of a contact, and those that its providers hold. */
export interface ContactRecords {
  id: string;
  fields: Partial<ContactFields>;
  shadows: ProviderValues[];
}

export interface HolderRow extends ContactRecords {
  /** How many records the contact has. */
  records: number;
  /** The keys in common. */
  keys: (MatchKey & { isProven: boolean })[];
  /** Contacts of which a person decided that they are somebody else. */
  rejected: string[];
}

/**
 * The contacts that have one of the keys, with every name that their records carry, in one statement. Of a key that very many have,
 * only some holders are read, or none where the key alone connects nobody: the time is the same in a large store and a small one.
 */
export async function listHolders(
  db: Database,
  { keys, exceptId }: { keys: readonly (MatchKey & { maxHolders: number })[]; exceptId: string },
): Promise<HolderRow[]> {
  if (keys.length === 0) return [];
  const kinds = keys.map(({ kind }) => kind);
  const values = keys.map(({ value }) => value);
  const limits = keys.map(({ maxHolders }) => maxHolders + 1);
  const { rows } = await sql<HolderRow>`
    with held as (
      select key.kind, key.value, held.contact_id, count(*) over (partition by key.kind, key.value) = key.most as is_cut
      from unnest(${kinds}::text[], ${values}::text[], ${limits}::int[]) as key(kind, value, most)
      cross join lateral (
        select contact_id from match_key
        where match_key.kind = key.kind and match_key.value = key.value and contact_id <> ${exceptId} limit key.most
      ) as held
    ), holder as (
      select held.contact_id, json_agg(json_build_object('kind', held.kind, 'value', held.value,         'isProven', coalesce(identity_key.is_proven, true))) as keys
      from held left join identity_key using (kind, value, contact_id)
      where not is_cut or held.kind in ('email', 'phone')
      group by held.contact_id
    )
    select contact.id, contact.fields, holder.keys,
      (select coalesce(json_agg(shadow) filter (where shadow is not null), '[]') from link where contact_id = contact.id) as shadows,
      (select count(*)::int from link where contact_id = contact.id and state = 'linked') as records,
      array(
        select coalesce(other.merged_into, other.id)
        from contact as own
        join match_candidate as pair on pair.state = 'different' and own.id in (pair.contact_id, pair.other_contact_id)
        join contact as other on other.id = case own.id when pair.contact_id then pair.other_contact_id else pair.contact_id end
        where own.id = contact.id or own.merged_into = contact.id
      ) as rejected
    from holder join contact on contact.id = holder.contact_id
    where contact.merged_into is null`.execute(db);
  return rows;
}

/** Replaces the keys of a contact in one statement. */
export async function saveMatchKeys(
  db: Database,
  contactId: string,
  keys: readonly MatchKey[],
  { isReviewDue }: { isReviewDue: boolean } = { isReviewDue: keys.length > 0 },
): Promise<void> {
  await sql`
    with wanted as (
      select * from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ value }) => value)}::text[]) as key(kind, value)
    ), dropped as (
      delete from match_key where contact_id = ${contactId} and (kind, value) not in (select kind, value from wanted)
    ), marked as (
      update contact set has_match_keys = true, is_review_due = ${isReviewDue} where id = ${contactId}
    )
    insert into match_key (kind, value, contact_id) select kind, value, ${contactId} from wanted
    on conflict do nothing`.execute(db);
}

/** The next read of the contacts compares them with all others. */
export async function markReviewDue(db: Database, contactIds: readonly string[]): Promise<void> {
  await db.updateTable('contact').set({ is_review_due: true }).where('id', 'in', contactIds).execute();
}

/** The contact was compared with all others. */
export async function endReview(db: Database, contactId: string): Promise<void> {
  await db.updateTable('contact').set({ is_review_due: false }).where('id', '=', contactId).execute();
}

/** Undefined when there is no such contact. */
export async function findRecords(db: Database, contactId: string): Promise<ContactRecords | undefined> {
  const { rows } = await sql<ContactRecords>`
    select id, fields, (select coalesce(json_agg(shadow) filter (where shadow is not null), '[]') from link where contact_id = contact.id) as shadows
    from contact where id = ${contactId}`.execute(db);
  return rows[0];
}

/** Contacts that were stored before they had keys, locked until the transaction ends. Those that others have locked are left out. */
export async function lockUnkeyed(tx: Database, { limit }: { limit: number }): Promise<ContactRecords[]> {
  const { rows } = await sql<ContactRecords>`
    select id, fields, (select coalesce(json_agg(shadow) filter (where shadow is not null), '[]') from link where contact_id = contact.id) as shadows
    from contact where not has_match_keys and merged_into is null and revision > 0
    order by id limit ${limit} for update skip locked`.execute(tx);
  return rows;
}

/** Adds the first keys of many contacts. */
export async function insertMatchKeys(
  tx: Database,
  contacts: readonly { id: string; keys: readonly MatchKey[] }[],
): Promise<void> {
  const all = contacts.flatMap(({ id, keys }) => keys.map(({ kind, value }) => ({ id, kind, value })));
  await sql`
    insert into match_key (kind, value, contact_id)
    select * from unnest(${all.map(({ kind }) => kind)}::text[], ${all.map(({ value }) => value)}::text[], ${all.map(({ id }) => id)}::uuid[])
    on conflict do nothing`.execute(tx);
  const ids = contacts.map(({ id }) => id);
  await tx.updateTable('contact').set({ has_match_keys: true }).where(sql<SqlBool>`id = any(${ids}::uuid[])`).execute();
}
