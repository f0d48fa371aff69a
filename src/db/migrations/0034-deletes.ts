import { type Kysely, sql } from 'kysely';

/** What follows a deletion at one account: requests to delete the other records, and what a full pass made of a doubtful listing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table delete_request (
      id uuid primary key,
      source text not null,
      source_link_id uuid not null references link (id) on delete cascade,
      provider text not null,
      link_id uuid not null references link (id) on delete cascade,
      state text not null
        check (state in ('open', 'approved', 'deleted', 'archived', 'kept', 'restored', 'withdrawn', 'undone')),
      because text not null check (because in ('policy', 'many', 'edited', 'not-live')),
      event text,
      missing_since timestamptz not null,
      seen text,
      created_at timestamptz not null default now(),
      decided_by text,
      decided_at timestamptz,
      ended_at timestamptz
    );
    -- A record has one request at a time, whichever accounts lost theirs.
    create unique index delete_request_pending on delete_request (link_id) where state in ('open', 'approved');
    create index delete_request_state on delete_request (state, id);
    create index delete_request_source on delete_request (source, created_at);
    create index delete_request_source_link on delete_request (source_link_id);
    create index delete_request_ended on delete_request (ended_at) where ended_at is not null;

    alter table link
      add column archived_at timestamptz,
      add column removal_id uuid;

    -- Why the missing records of a pass were not followed.
    alter table reconcile_run add column doubt text check (doubt in ('empty', 'incomplete', 'loss'));
    -- How a record differed from what was known, until the next pass.
    alter table reconcile_seen add column drift text check (drift in ('changed', 'missing'));

    alter table webhook_endpoint drop constraint webhook_endpoint_events_check;
    alter table webhook_endpoint add constraint webhook_endpoint_events_check check (
      cardinality(events) > 0 and events <@ array['new_lead', 'lead_update', 'form_submitted', 'endpoint.failing',
        'endpoint.disable_warning', 'endpoint.disabled', 'endpoint.recovered', 'delivery.exhausted', 'deletes.stopped']
    );
    alter table outbox_event drop constraint outbox_event_type_check;
    -- Not valid: every row meets the narrower constraint before, and a long table is not read while it is locked.
    alter table outbox_event add constraint outbox_event_type_check check (
      type in ('new_lead', 'lead_update', 'form_submitted', 'webhook.test', 'endpoint.failing', 'endpoint.disable_warning',
        'endpoint.disabled', 'endpoint.recovered', 'delivery.exhausted', 'deletes.stopped')
    ) not valid;
  `.execute(db);
}
