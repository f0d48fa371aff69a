import { type Kysely, sql } from 'kysely';

/**
 * Phone numbers and email addresses that a contact refused to be called at. They stay refused when the contact loses them, until it
 * lifts its refusal.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table refused_key (
      kind text not null check (kind in ('email', 'phone')),
      value text not null,
      contact_id uuid not null references contact,
      created_at timestamptz not null default now(),
      primary key (kind, value, contact_id)
    )`.execute(db);
  await sql`create index refused_key_contact on refused_key (contact_id)`.execute(db);
  // Refusals from before this table. Their emails follow with the contact's next change: a mailbox's key is not computed in SQL.
  await sql`
    insert into refused_key (kind, value, contact_id)
    select distinct 'phone', phone ->> 'e164', contact.id
    from contact, jsonb_array_elements(fields -> 'phones') as phone
    where merged_into is null and fields -> 'doNotContact' -> 'call' = 'true' and phone ->> 'e164' is not null
      and phone ->> 'extension' is null`.execute(db);
}
