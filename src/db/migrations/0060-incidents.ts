import { type Kysely, sql } from 'kysely';

/** Problems of accounts, and who was told of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table incident (
      cause text primary key,
      type text not null,
      account text not null,
      reason text,
      records integer,
      says text not null,
      fix text not null,
      settle_minutes integer not null,
      since timestamptz not null,
      seen_at timestamptz not null,
      over_at timestamptz,
      told jsonb not null default '{}'
    );

    alter table webhook_endpoint drop constraint webhook_endpoint_events_check;
    alter table webhook_endpoint add constraint webhook_endpoint_events_check check (
      cardinality(events) > 0 and events <@ array['new_lead', 'lead_update', 'form_submitted', 'endpoint.failing',
        'endpoint.disable_warning', 'endpoint.disabled', 'endpoint.recovered', 'delivery.exhausted', 'deletes.stopped',
        'sync.parked', 'sync.recovered', 'provider.credentials_failed', 'provider.silent', 'drift.high']
    );
    alter table outbox_event drop constraint outbox_event_type_check;
    -- Not valid: every row meets the narrower constraint before, and a long table is not read while it is locked.
    alter table outbox_event add constraint outbox_event_type_check check (
      type in ('new_lead', 'lead_update', 'form_submitted', 'webhook.test', 'endpoint.failing', 'endpoint.disable_warning',
        'endpoint.disabled', 'endpoint.recovered', 'delivery.exhausted', 'deletes.stopped', 'sync.parked', 'sync.recovered',
        'provider.credentials_failed', 'provider.silent', 'drift.high')
    ) not valid;
  `.execute(db);
}
