import { type Kysely, sql } from 'kysely';

/** Which endpoints a worker is busy with now, and what is sent again because an endpoint came back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Whoever is served hears of new deliveries without its workflow. Not logged: after a crash nobody is served.
    create unlogged table webhook_serving (
      endpoint_id uuid primary key,
      until timestamptz not null
    );

    alter table webhook_endpoint
      -- What died in this time is sent again, for the endpoint answers again; null once that is done.
      add column redrive_since timestamptz,
      add column redrive_until timestamptz;

    -- How often it was sent again for that reason: what an endpoint never takes must come to rest.
    alter table webhook_delivery add column auto_redrives integer not null default 0;
    create index webhook_delivery_dead_of_endpoint on webhook_delivery (endpoint_id, dead_at) where state = 'dead';
  `.execute(db);
}
