import { type Kysely, sql } from 'kysely';

/** Endpoints may subscribe to what happens to other endpoints, and all that happened is counted, attempts too. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table webhook_endpoint drop constraint webhook_endpoint_events_check;
    alter table webhook_endpoint add constraint webhook_endpoint_events_check check (
      cardinality(events) > 0 and events <@ array['new_lead', 'lead_update', 'endpoint.failing', 'endpoint.disable_warning',
        'endpoint.disabled', 'endpoint.recovered', 'delivery.exhausted']
    );

    alter table outbox_event drop constraint outbox_event_type_check;
    -- Not valid: what stands there already met a narrower one, and a long table is not read while it is locked.
    alter table outbox_event add constraint outbox_event_type_check check (
      type in ('new_lead', 'lead_update', 'webhook.test', 'endpoint.failing', 'endpoint.disable_warning',
        'endpoint.disabled', 'endpoint.recovered', 'delivery.exhausted')
    ) not valid;

    -- For /metrics: the log of attempts and events are removed for their age, and events are not written where nobody asks for them.
    create table webhook_total (
      metric text not null,
      label text not null,
      total bigint not null,
      primary key (metric, label)
    );
  `.execute(db);
}
