import { type Kysely, sql } from 'kysely';

/** What it takes to keep several equal members in step: who is who, merges at a vendor, absence that is not yet believed, forms. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table link
      -- 'accord' where our own create made the record.
      add column origin text not null default 'provider' check (origin in ('provider', 'accord')),
      -- Since when a read finds nothing; believed only when it lasts.
      add column missing_since timestamptz,
      -- Values it was known to hold a moment ago: a read that shows one of them again may be a stale one.
      add column recent jsonb not null default '[]',
      -- Ids that a merge at the vendor folded into this record, until they are followed.
      add column replaces text[],
      -- Fields whose conflict waits for a person, with what the provider holds: nothing is written over them.
      add column held jsonb not null default '{}';
    create index contact_merged_into on contact (merged_into) where merged_into is not null;

    -- Every holder of a key has a row: a key with one holder may say who somebody is, a shared one may not.
    create table identity_key (
      kind text not null check (kind in ('email', 'phone')),
      value text not null,
      contact_id uuid not null references contact,
      primary key (kind, value, contact_id)
    );
    create index identity_key_contact on identity_key (contact_id);

    -- Two contacts that may be one person. The lower id comes first, so that a pair has one row.
    create table match_candidate (
      id uuid primary key,
      contact_id uuid not null references contact,
      other_contact_id uuid not null references contact,
      evidence jsonb not null,
      state text not null default 'open' check (state in ('open', 'same', 'different')),
      created_at timestamptz not null default now(),
      decided_at timestamptz,
      decided_by text,
      check (contact_id < other_contact_id),
      unique (contact_id, other_contact_id)
    );

    create table form_submission (
      id uuid primary key,
      form text not null,
      values jsonb not null,
      evidence jsonb not null,
      -- The sender's own, or a digest of what was sent: a form that is sent twice is one submission.
      idempotency_key text not null,
      received_at timestamptz not null,
      unique (form, idempotency_key)
    );

    alter table contact_history drop constraint contact_history_kind_check;
    alter table contact_history add constraint contact_history_kind_check check (kind in
      ('created', 'changed', 'conflict', 'resolved', 'pushed', 'tombstoned', 'restored', 'merged', 'consent',
       'marked_customer', 'unmarked_customer'));
  `.execute(db);

  await sql`
    drop function accept_events(json, jsonb);
    drop function accept_event(uuid, text, text, text, text, text, text, text, jsonb, timestamptz, timestamptz, uuid, uuid, jsonb);

    create function accept_events(p_events json, empty_fields jsonb)
      returns table (place integer, outcome text, contact_id uuid, link_id uuid, newly_dirty boolean)
    language plpgsql as $$
    begin
      return query select e.place, a.outcome, a.contact_id, a.link_id, a.newly_dirty
        from json_to_recordset(p_events) as e(
          place integer, id uuid, provider text, "eventId" text, type text, "accountId" text, "externalId" text, scheme text,
          payload text, headers jsonb, "occurredAt" timestamptz, "receivedAt" timestamptz, replaces text[], "newContactId" uuid,
          "newLinkId" uuid
        ), accept_event(
          e.id, e.provider, e."eventId", e.type, e."accountId", e."externalId", e.scheme, e.payload, e.headers,
          e."occurredAt", e."receivedAt", e.replaces, e."newContactId", e."newLinkId", empty_fields
        ) as a;
    end $$;

    create function accept_event(
      new_event_id uuid, p_provider text, p_event_id text, p_type text, p_account_id text, p_external_id text,
      p_scheme text, p_payload text, p_headers jsonb, p_occurred_at timestamptz, p_received_at timestamptz, p_replaces text[],
      new_contact_id uuid, new_link_id uuid, empty_fields jsonb
    ) returns table (outcome text, contact_id uuid, link_id uuid, newly_dirty boolean)
    language plpgsql as $$
    declare
      found_link link;
    begin
      found_link := claim_link(p_provider, p_account_id, p_external_id, new_contact_id, new_link_id, empty_fields);

      insert into inbox_event
        (id, provider, event_id, type, account_id, external_id, link_id, scheme, payload, headers, occurred_at, received_at)
      values
        (new_event_id, p_provider, p_event_id, p_type, p_account_id, p_external_id, found_link.id, p_scheme, p_payload,
         p_headers, p_occurred_at, p_received_at)
      on conflict (provider, event_id) do nothing;
      if not found then
        return query select 'duplicate', found_link.contact_id, found_link.id, false;
        return;
      end if;

      if p_replaces is not null then
        update link set replaces = p_replaces where id = found_link.id;
      end if;
      update link set changed_at = p_received_at, signalled_at = null where id = found_link.id and changed_at is null;
      return query select 'stored', found_link.contact_id, found_link.id, found;
    end $$;
  `.execute(db);
}
