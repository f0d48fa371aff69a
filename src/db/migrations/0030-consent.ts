import { type Kysely, sql } from 'kysely';

/**
 * Numbers and mailboxes that nobody may be contacted at, whether or not a contact has them, and the evidence of every refusal and of every
 * lift. Evidence is only added.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table suppression (
      id uuid primary key,
      channel text not null check (channel in ('call', 'sms', 'email')),
      kind text not null check (kind in ('email', 'phone')),
      -- As in refused_key; a number with an extension is '+15125550143;ext=12'.
      value text not null,
      source text not null check (source in ('operator', 'import')),
      actor text not null,
      reason text,
      created_at timestamptz not null default now(),
      unique (channel, kind, value)
    );

    create table consent_evidence (
      id uuid primary key,
      at timestamptz not null default now(),
      -- Null for an entry of the suppression list.
      contact_id uuid references contact on delete cascade,
      link_id uuid,
      channel text not null check (channel in ('call', 'sms', 'email')),
      decision text not null check (decision in ('denied', 'lifted')),
      source text not null check (source in ('account', 'form', 'operator', 'import')),
      actor text not null,
      -- Of an entry of the suppression list.
      kind text check (kind in ('email', 'phone')),
      value text,
      reason text,
      wording text,
      details jsonb not null default '{}',
      check ((contact_id is null) <> (value is null))
    );
    create index consent_evidence_contact on consent_evidence (contact_id) where contact_id is not null;
    create index consent_evidence_link on consent_evidence (link_id) where link_id is not null;
    create index consent_evidence_value on consent_evidence (kind, value) where value is not null;
  `.execute(db);
  // Refusals from before this table, as far as the contact tells where they came from.
  await sql`
    insert into consent_evidence (id, at, contact_id, channel, decision, source, actor, details)
    select gen_random_uuid(), coalesce((origin ->> 'changedAt')::timestamptz, updated_at), id, channel, 'denied',
      case origin ->> 'provider' when 'webform' then 'form' else 'account' end, coalesce(origin ->> 'provider', 'unknown'),
      '{"since": "before evidence was kept"}'
    from (select contact.*, provenance -> 'doNotContact' as origin from contact where merged_into is null) as refused
    cross join unnest(array['call', 'sms', 'email']) as channel
    where fields -> 'doNotContact' -> channel = 'true'`.execute(db);
}
