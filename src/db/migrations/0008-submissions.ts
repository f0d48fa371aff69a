import { type Kysely, sql } from 'kysely';

/** Decisions on form submissions, their notes at vendors and their events; keys that only anonymous senders have named. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table form_submission
      add column signature text,
      add column message text,
      -- The changes that wait for proof; null when none do.
      add column pending jsonb,
      add column accepted_at timestamptz,
      add column accepted_by text,
      -- When its values were merged: those of a submission that was held back wait for a decision.
      add column applied_at timestamptz,
      add column event_id uuid;
    create unique index form_submission_signature on form_submission (signature) where signature is not null;

    alter table identity_key add column is_proven boolean not null default true;

    create table submission_note (
      submission_id uuid not null,
      provider text not null,
      contact_id uuid not null,
      body text not null,
      attempts integer not null default 0,
      lease_owner text,
      lease_until timestamptz,
      external_id text,
      written_at timestamptz,
      failed_at timestamptz,
      error text,
      created_at timestamptz not null default now(),
      primary key (submission_id, provider)
    );
    create index submission_note_open on submission_note (contact_id, provider) where written_at is null and failed_at is null;

    alter table webhook_endpoint drop constraint webhook_endpoint_events_check;
    alter table webhook_endpoint add constraint webhook_endpoint_events_check check (
      cardinality(events) > 0 and events <@ array['new_lead', 'lead_update', 'form_submitted', 'endpoint.failing',
        'endpoint.disable_warning', 'endpoint.disabled', 'endpoint.recovered', 'delivery.exhausted']
    );
    alter table outbox_event drop constraint outbox_event_type_check;
    -- Not valid: every row meets the narrower constraint before, and a long table is not read while it is locked.
    alter table outbox_event add constraint outbox_event_type_check check (
      type in ('new_lead', 'lead_update', 'form_submitted', 'webhook.test', 'endpoint.failing', 'endpoint.disable_warning',
        'endpoint.disabled', 'endpoint.recovered', 'delivery.exhausted')
    ) not valid;
    drop index outbox_event_once;
    -- A submission may change the contact, or not: its event has the sequence of the contact as it is then.
    create unique index outbox_event_once on outbox_event (contact_id, sequence)
      where contact_id is not null and type <> 'form_submitted';
  `.execute(db);
}
