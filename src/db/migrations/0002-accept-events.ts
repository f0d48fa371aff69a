import { type Kysely, sql } from 'kysely';

/** Several events in one round trip and one commit: five together cost PostgreSQL what two cost alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
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
  `.execute(db);
}
