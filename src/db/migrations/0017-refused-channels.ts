import { type Kysely, sql } from 'kysely';

/** Refused keys by channel. Until now, they were refusals of calls. Contacts know the channels that others refused for their keys. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table refused_key
      add column channel text not null default 'call' check (channel in ('call', 'sms', 'email')),
      drop constraint refused_key_pkey,
      add primary key (channel, kind, value, contact_id)`.execute(db);
  await sql`alter table contact add column held_refusals text[] not null default '{}'`.execute(db);
  await sql`
    insert into refused_key (channel, kind, value, contact_id)
    select distinct 'sms', 'phone', phone ->> 'e164', contact.id
    from contact, jsonb_array_elements(fields -> 'phones') as phone
    where merged_into is null and fields -> 'doNotContact' -> 'sms' = 'true' and phone ->> 'e164' is not null
      and phone ->> 'extension' is null`.execute(db);
  // The key of a mailbox, as of this release: some hosts ignore what follows a plus sign, Gmail ignores dots too.
  await sql`
    insert into refused_key (channel, kind, value, contact_id)
    select distinct 'email', 'email', case
        when host in ('gmail.com', 'googlemail.com') then replace(regexp_replace(local, '\\+.*$', ''), '.', '') || '@gmail.com'
        when host in ('outlook.com', 'hotmail.com', 'live.com', 'fastmail.com', 'icloud.com', 'me.com')
          then regexp_replace(local, '\\+.*$', '') || '@' || host
        else address end, id
    from (
      select contact.id, email ->> 'address' as address, regexp_replace(email ->> 'address', '@[^@]*$', '') as local,
        regexp_replace(email ->> 'address', '^.*@', '') as host
      from contact, jsonb_array_elements(fields -> 'emails') as email
      where merged_into is null and fields -> 'doNotContact' -> 'email' = 'true' and email ->> 'address' like '%_@_%'
    ) as refused`.execute(db);
  // From now on, vendors hold these refusals too: the contacts with these keys are read and planned again.
  await sql`
    update link set changed_at = coalesce(changed_at, now())
    where state = 'linked' and contact_id in (
      select key.contact_id
      from identity_key as key
      join refused_key as refused using (kind, value)
      where refused.contact_id <> key.contact_id)`.execute(db);
}
