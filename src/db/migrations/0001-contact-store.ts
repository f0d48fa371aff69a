import { type Kysely, sql } from 'kysely';

/** Contacts, where they are linked to, what arrived, what was written and why. Ids are UUIDv7 made by the service. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table contact (
      id uuid primary key,
      fields jsonb not null,
      provenance jsonb not null default '{}',
      revision integer not null default 0,
      is_customer boolean not null default false,
      sync_status text not null default 'pending'
        check (sync_status in ('pending', 'synced', 'failed', 'excluded_customer', 'not_eligible')),
      merged_into uuid references contact,
      deleted_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index contact_sync_status on contact (sync_status);

    create table link (
      id uuid primary key,
      -- Deferred, so that claiming a link and making its contact is one step that only one of two racing events wins.
      contact_id uuid not null references contact deferrable initially deferred,
      provider text not null,
      account_id text not null,
      external_id text,
      state text not null check (state in ('intent', 'linked', 'tombstoned', 'detached', 'quarantined')),
      reference text not null,
      generation integer not null default 1,
      intent_payload jsonb,
      shadow jsonb,
      echo_pairs jsonb not null default '{}',
      version text,
      remote_updated_at timestamptz,
      changed_at timestamptz,
      signalled_at timestamptz,
      lease_owner text,
      lease_until timestamptz,
      last_error jsonb,
      observed_at timestamptz,
      pushed_at timestamptz,
      created_at timestamptz not null default now(),
      check (external_id is not null or state in ('intent', 'detached'))
    );
    create unique index link_external_id on link (provider, account_id, external_id);
    create unique index link_reference on link (reference);
    create unique index link_one_live_per_contact on link (contact_id, provider, account_id)
      where state in ('intent', 'linked', 'quarantined');
    create index link_intent on link (provider, account_id) where state = 'intent';
    create index link_contact on link (contact_id);
    create index link_dirty on link (changed_at) where changed_at is not null;

    create table link_alias (
      provider text not null,
      account_id text not null,
      external_id text not null,
      link_id uuid not null references link,
      created_at timestamptz not null default now(),
      primary key (provider, account_id, external_id)
    );

    create table write_attempt (
      id uuid primary key,
      link_id uuid not null references link,
      operation text not null check (operation in ('create', 'update')),
      patch jsonb not null,
      base_version text,
      cause text not null,
      started_at timestamptz not null default now(),
      resolved_at timestamptz,
      outcome text check (outcome in ('landed', 'refused', 'superseded'))
    );
    create index write_attempt_open on write_attempt (link_id) where resolved_at is null;

    create table inbox_event (
      id uuid primary key,
      provider text not null,
      event_id text,
      type text not null,
      account_id text not null,
      external_id text not null,
      link_id uuid,
      scheme text not null,
      payload text not null,
      headers jsonb not null,
      occurred_at timestamptz,
      received_at timestamptz not null
    );
    create unique index inbox_event_once on inbox_event (provider, event_id);
    -- No index on received_at: ids are UUIDv7, so their order is that of arrival, and each index here costs every webhook.

    create table ingress_refusal (
      id uuid primary key,
      route text not null,
      status smallint not null,
      code text not null,
      reason text not null,
      remote_address text,
      refused_at timestamptz not null default now()
    );
    create index ingress_refusal_at on ingress_refusal (refused_at);

    create table contact_history (
      id bigint generated always as identity primary key,
      contact_id uuid not null references contact,
      at timestamptz not null default now(),
      kind text not null check (kind in
        ('created', 'changed', 'conflict', 'pushed', 'tombstoned', 'restored', 'marked_customer', 'unmarked_customer')),
      actor text not null,
      provider text,
      field text,
      before jsonb,
      after jsonb,
      losing jsonb,
      cause text
    );
    create index contact_history_contact on contact_history (contact_id, id);

    create table sync_cursor (
      provider text not null,
      account_id text not null,
      name text not null,
      cursor jsonb not null,
      updated_at timestamptz not null default now(),
      primary key (provider, account_id, name)
    );

    create table reconcile_run (
      id uuid primary key,
      provider text not null,
      account_id text not null,
      trigger text not null,
      workflow_id text not null,
      workflow_run_id text not null,
      counts jsonb not null default '{}',
      started_at timestamptz not null default now(),
      finished_at timestamptz,
      outcome text check (outcome in ('completed', 'failed'))
    );
    create index reconcile_run_started on reconcile_run (provider, started_at desc);

    -- Which links a running pass has met. It is of use to that pass alone, so it need not survive a crash of the server.
    create unlogged table reconcile_seen (
      run_id uuid not null,
      link_id uuid not null,
      primary key (run_id, link_id)
    );

    create table oauth_token (
      provider text not null,
      account_id text not null,
      ciphertext bytea,
      updated_at timestamptz not null default now(),
      primary key (provider, account_id)
    );

    create table api_key (
      id uuid primary key,
      name text not null,
      prefix text not null,
      hash bytea not null unique,
      scopes text[] not null,
      created_at timestamptz not null default now(),
      last_used_at timestamptz,
      revoked_at timestamptz
    );

    create table audit_log (
      id uuid primary key,
      at timestamptz not null default now(),
      actor text not null,
      action text not null,
      target text not null,
      details jsonb not null default '{}'
    );
    create index audit_log_at on audit_log (at);
  `.execute(db);

  // Everything that must be true before a webhook is answered, in one round trip; several arrivals share one, and its commit.
  await sql`
    create function accept_events(p_events json, empty_fields jsonb)
      returns table (place integer, outcome text, contact_id uuid, link_id uuid, newly_dirty boolean)
    -- Not language sql: before PostgreSQL 18 that would plan the statement anew at each call.
    language plpgsql as $$
    begin
      return query select e.place, a.outcome, a.contact_id, a.link_id, a.newly_dirty
        from json_to_recordset(p_events) as e(
          place integer, id uuid, provider text, "eventId" text, type text, "accountId" text, "externalId" text, scheme text,
          payload text, headers jsonb, "occurredAt" timestamptz, "receivedAt" timestamptz, "newContactId" uuid, "newLinkId" uuid
        ), accept_event(
          e.id, e.provider, e."eventId", e.type, e."accountId", e."externalId", e.scheme, e.payload, e.headers,
          e."occurredAt", e."receivedAt", e."newContactId", e."newLinkId", empty_fields
        ) as a;
    end $$;

    create function accept_event(
      new_event_id uuid, p_provider text, p_event_id text, p_type text, p_account_id text, p_external_id text,
      p_scheme text, p_payload text, p_headers jsonb, p_occurred_at timestamptz, p_received_at timestamptz,
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

      update link set changed_at = p_received_at, signalled_at = null where id = found_link.id and changed_at is null;
      return query select 'stored', found_link.contact_id, found_link.id, found;
    end $$;

    create function claim_link(
      p_provider text, p_account_id text, p_external_id text, new_contact_id uuid, new_link_id uuid, empty_fields jsonb
    ) returns link
    language plpgsql as $$
    declare
      claimed link;
    begin
      select l.* into claimed from link l
        where l.provider = p_provider and l.account_id = p_account_id and l.external_id = p_external_id;
      if found then return claimed; end if;

      select l.* into claimed from link l join link_alias a on a.link_id = l.id
        where a.provider = p_provider and a.account_id = p_account_id and a.external_id = p_external_id;
      if found then return claimed; end if;

      insert into link (id, contact_id, provider, account_id, external_id, state, reference)
        values (new_link_id, new_contact_id, p_provider, p_account_id, p_external_id, 'linked', new_link_id::text)
        on conflict (provider, account_id, external_id) do nothing
        returning * into claimed;
      if found then
        insert into contact (id, fields) values (new_contact_id, empty_fields);
        return claimed;
      end if;

      select l.* into strict claimed from link l
        where l.provider = p_provider and l.account_id = p_account_id and l.external_id = p_external_id;
      return claimed;
    end $$;
  `.execute(db);
}
