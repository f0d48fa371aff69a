import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { HeldRefusal, ReachKeys, RefusalChannel, RefusalKey } from '#domain/refusal.ts';
import type { DirtyLink } from './dirty-links.ts';

/** Which of the keys another contact, or the suppression list, refuses, by channel. */
export async function listRefused(db: Database, contactId: string, keys: ReachKeys): Promise<HeldRefusal[]> {
  if (keys.all.length === 0) return [];
  return (await selectRefused(contactId, keys).execute(db)).rows;
}

/** Unexecuted `listRefused`, for queries that read more. */
export function selectRefused(contactId: string, { all, ofPeople }: ReachKeys): RawBuilder<HeldRefusal> {
  return sql`
    select channel, kind, value, bool_or(is_listed) as "isListed"
    from (
      select channel, kind, value, false as is_listed
      from refused_key join ${unnestKeys(ofPeople)} using (channel, kind, value)
      where contact_id <> ${contactId}
      union all
      select channel, kind, value, true from suppression join ${unnestKeys(all)} using (channel, kind, value)
    ) as held
    group by channel, kind, value
    order by channel, kind desc, value`;
}

/** True where any source refuses one of the keys. */
export function isRefused({ all, ofPeople }: ReachKeys): RawBuilder<boolean> {
  return sql`(
    exists (select from refused_key join ${unnestKeys(ofPeople)} using (channel, kind, value))
    or exists (select from suppression join ${unnestKeys(all)} using (channel, kind, value)))`;
}

/** The keys as a table `key (channel, kind, value)`. */
export function unnestKeys(keys: readonly RefusalKey[]): RawBuilder<unknown> {
  const columns = (['channel', 'kind', 'value'] as const).map((name) => sql`${keys.map((key) => key[name])}::text[]`);
  return sql`unnest(${sql.join(columns)}) as key(channel, kind, value)`;
}

/** The refusals of some keys: with the contact that refused, null for an entry of the suppression list. */
export async function listRefusals(
  db: Database,
  keys: readonly ReachKeys[],
): Promise<(RefusalKey & { contactId: string | null })[]> {
  const [all, ofPeople] = [keys.flatMap((each) => each.all), keys.flatMap((each) => each.ofPeople)];
  if (all.length === 0) return [];
  const { rows } = await sql<RefusalKey & { contactId: string | null }>`
    select distinct channel, kind, value, contact_id as "contactId"
    from refused_key join ${unnestKeys(ofPeople)} using (channel, kind, value)
    union all
    select distinct channel, kind, value, null::uuid from suppression join ${unnestKeys(all)} using (channel, kind, value)
    order by channel, kind desc, value`.execute(db);
  return rows;
}

/** Adds to the keys that a contact refused to be reached at. */
export async function refuseKeys(db: Database, contactId: string, keys: readonly RefusalKey[]): Promise<void> {
  if (keys.length === 0) return;
  await db
    .insertInto('refused_key')
    .values(keys.map(({ channel, kind, value }) => ({ channel, kind, value, contact_id: contactId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Lifts the contact's refusals of these channels, and returns the keys that they held for. */
export async function releaseKeys(db: Database, contactId: string, channels: readonly RefusalChannel[]): Promise<RefusalKey[]> {
  if (channels.length === 0) return [];
  return db
    .deleteFrom('refused_key')
    .where('contact_id', '=', contactId)
    .where('channel', 'in', channels)
    .returning(['channel', 'kind', 'value'])
    .execute();
}

/** Takes some keys out of a contact's refusal, which holds for its others. */
export async function dropRefusedKeys(db: Database, contactId: string, keys: readonly RefusalKey[]): Promise<void> {
  if (keys.length === 0) return;
  await db
    .deleteFrom('refused_key')
    .where('contact_id', '=', contactId)
    .where(({ eb, or, and }) =>
      or(
        keys.map(({ channel, kind, value }) =>
          and([eb('channel', '=', channel), eb('kind', '=', kind), eb('value', '=', value)]),
        ),
      ),
    )
    .execute();
}

/** Gives the refused keys of a merged contact to its survivor. */
export async function moveRefusedKeys(db: Database, fromId: string, toId: string): Promise<void> {
  const keys = await releaseKeys(db, fromId, ['call', 'sms', 'email']);
  await refuseKeys(db, toId, keys);
}

/**
 * Marks the records of contacts that have one of the keys as dirty: the dispatcher or the sweeper has them read, and planned again. A key
 * that `match_key` lacks is searched for in the contacts themselves.
 */
export async function markHoldersDirty(
  db: Database,
  keys: readonly RefusalKey[],
  { exceptId = null, isFindable }: { exceptId?: string | null; isFindable: (key: RefusalKey) => boolean },
): Promise<DirtyLink[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<DirtyLink>`
    update link set changed_at = coalesce(changed_at, now()), announced_version = null
    where state = 'linked' and external_id is not null and contact_id in (${selectHolders(keys, isFindable)})
      and contact_id is distinct from ${exceptId}::uuid
    returning id as "linkId", contact_id as "contactId", provider, changed_at as "changedAt"`.execute(db);
  return rows;
}

/** The contacts that have one of the keys, the oldest first. */
export async function listHolders(
  db: Database,
  keys: readonly RefusalKey[],
  { isFindable, limit }: { isFindable: (key: RefusalKey) => boolean; limit: number },
): Promise<string[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select distinct contact_id as id from (${selectHolders(keys, isFindable)}) as holder(contact_id)
    order by id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

function selectHolders(keys: readonly RefusalKey[], isFindable: (key: RefusalKey) => boolean): RawBuilder<unknown> {
  const hidden = keys.filter((key) => !isFindable(key));
  const valuesOf = (wanted: RefusalKey['kind']) =>
    hidden.flatMap(({ kind, value }) => (kind === wanted ? [value.replace(/;ext=.*$/, '')] : []));
  const inFields = sql`
    union select contact.id from contact, jsonb_array_elements(contact.fields -> 'emails') as email
    where contact.merged_into is null and email ->> 'address' = any (${valuesOf('email')}::text[])
    union select contact.id from contact, jsonb_array_elements(contact.fields -> 'phones') as phone
    where contact.merged_into is null and phone ->> 'e164' = any (${valuesOf('phone')}::text[])`;
  return sql`
    select match_key.contact_id
    from match_key join ${unnestKeys(keys)} on match_key.kind = key.kind and match_key.value = key.value
    ${hidden.length > 0 ? inFields : sql``}`;
}
