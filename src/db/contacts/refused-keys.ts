import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { RefusalChannel, RefusalKey } from '#domain/refusal.ts';

/** Which of the keys another contact refused to be reached at, by channel. */
export async function listRefused(db: Database, contactId: string, keys: readonly RefusalKey[]): Promise<RefusalKey[]> {
  if (keys.length === 0) return [];
  return (await selectRefused(contactId, keys).execute(db)).rows;
}

/** Unexecuted `listRefused`, for queries that read more. */
export function selectRefused(contactId: string, keys: readonly RefusalKey[]): RawBuilder<RefusalKey> {
  const columns = (['channel', 'kind', 'value'] as const).map((name) => sql`${keys.map((key) => key[name])}::text[]`);
  return sql`
    select distinct channel, kind, value
    from refused_key join unnest(${sql.join(columns)}) as key(channel, kind, value) using (channel, kind, value)
    where contact_id <> ${contactId}
    order by channel, kind desc, value`;
}

/** The refusals of some keys, with the contact that refused. */
export function listRefusals(db: Database, keys: readonly RefusalKey[]): Promise<(RefusalKey & { contactId: string })[]> {
  if (keys.length === 0) return Promise.resolve([]);
  const distinct = <Name extends keyof RefusalKey>(name: Name) => [...new Set(keys.map((key) => key[name]))];
  return db
    .selectFrom('refused_key')
    .select(['channel', 'kind', 'value', 'contact_id as contactId'])
    .where('channel', 'in', distinct('channel'))
    .where('kind', 'in', distinct('kind'))
    .where('value', 'in', distinct('value'))
    .orderBy('channel')
    .orderBy('kind', 'desc')
    .orderBy('value')
    .execute();
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
 * Marks the records of other contacts that hold one of the keys as dirty: the sweeper has them read, and planned again. `isShared`:
 * whether a key identifies nobody, so that its holders have to be searched by their addresses.
 */
export async function remindHolders(
  db: Database,
  contactId: string,
  keys: readonly RefusalKey[],
  isShared: (key: RefusalKey) => boolean,
): Promise<void> {
  if (keys.length === 0) return;
  const [kinds, values] = [keys.map(({ kind }) => kind), keys.map(({ value }) => value)];
  const shared = keys.filter(isShared).map(({ value }) => value);
  const holdsShared = sql`
    union select contact.id from contact, jsonb_array_elements(contact.fields -> 'emails') as email
    where contact.merged_into is null and email ->> 'address' = any (${shared}::text[])`;
  await sql`
    update link set changed_at = coalesce(changed_at, now())
    where state = 'linked' and contact_id <> ${contactId} and contact_id in (
      select key.contact_id
      from identity_key as key
      join unnest(${kinds}::text[], ${values}::text[]) as refused(kind, value) using (kind, value)
      ${shared.length > 0 ? holdsShared : sql``})`.execute(db);
}
