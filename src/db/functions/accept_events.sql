-- Accepts several arrived events in one round trip and one commit: all or none. One row an event, with its place in the list.
-- plpgsql, not sql: before PostgreSQL 18 a function in language sql is planned at each call.
create or replace function accept_events(p_events json, empty_fields jsonb)
  returns table (place integer, outcome text, contact_id uuid, link_id uuid, newly_dirty boolean)
language plpgsql as $$
begin
  return query select e.place, a.outcome, a.contact_id, a.link_id, a.newly_dirty
    from json_to_recordset(p_events) as e(
      place integer, id uuid, provider text, "eventId" text, type text, "accountId" text, "externalId" text, scheme text,
      payload text, headers jsonb, "occurredAt" timestamptz, "receivedAt" timestamptz, replaces text[], version bigint, "newContactId" uuid,
      "newLinkId" uuid
    ), accept_event(
      e.id, e.provider, e."eventId", e.type, e."accountId", e."externalId", e.scheme, e.payload, e.headers,
      e."occurredAt", e."receivedAt", e.replaces, e.version, e."newContactId", e."newLinkId", empty_fields
    ) as a;
end $$;
