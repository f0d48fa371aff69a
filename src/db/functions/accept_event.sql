-- Does all that must be done before a webhook is answered: stores the event, claims its link and sets the link's dirty mark.
-- `duplicate` means that an event with this id is stored already, or that the person is being erased; nothing else is changed then.
-- `echo` means that the event names a version of the record that Accord has merged, mostly that of its own write: nothing is read.
-- Before migration 0059 it took no version. Dropped here and not there: an api of before then goes on without an error in between.
drop function if exists accept_event(
  uuid, text, text, text, text, text, text, text, jsonb, timestamptz, timestamptz, text[], uuid, uuid, jsonb);
create or replace function accept_event(
  new_event_id uuid, p_provider text, p_event_id text, p_type text, p_account_id text, p_external_id text,
  p_scheme text, p_payload text, p_headers jsonb, p_occurred_at timestamptz, p_received_at timestamptz, p_replaces text[],
  p_version bigint, new_contact_id uuid, new_link_id uuid, empty_fields jsonb
) returns table (outcome text, contact_id uuid, link_id uuid, newly_dirty boolean)
language plpgsql as $$
declare
  found_link link;
  is_known boolean;
  is_first boolean := false;
begin
  found_link := claim_link(p_provider, p_account_id, p_external_id, new_contact_id, new_link_id, empty_fields);

  -- The person is being erased: nothing more is stored.
  if exists (select from contact where contact.id = found_link.contact_id and contact.erasure_id is not null) then
    return query select 'duplicate', found_link.contact_id, found_link.id, false;
    return;
  end if;

  is_known := p_replaces is null and is_version_known(found_link, p_version);
  insert into inbox_event
    (id, provider, event_id, type, account_id, external_id, link_id, scheme, payload, headers, occurred_at, received_at, is_echo)
  values
    (new_event_id, p_provider, p_event_id, p_type, p_account_id, p_external_id, found_link.id, p_scheme, p_payload,
     p_headers, p_occurred_at, p_received_at, is_known)
  on conflict (provider, event_id) do nothing;
  if not found then
    return query select 'duplicate', found_link.contact_id, found_link.id, false;
    return;
  end if;

  if is_known then
    return query select 'echo', found_link.contact_id, found_link.id, false;
    return;
  end if;

  if p_replaces is not null then
    update link set replaces = p_replaces where id = found_link.id;
  end if;
  -- After a mark without a version the record is read, and this event with it. One with a version may be cleared without a read, even
  -- at this moment: wait for that.
  if found_link.changed_at is null or found_link.announced_version is not null then
    select l.* into found_link from link l where l.id = found_link.id for no key update;
    is_first := found_link.changed_at is null;
    if is_first then
      update link
        set changed_at = p_received_at, signalled_at = null, announced_version = p_version, traceparent = p_headers ->> 'traceparent'
        where id = found_link.id;
    elsif found_link.announced_version is not null and (p_version is null or p_version > found_link.announced_version) then
      update link set announced_version = p_version where id = found_link.id;
    end if;
  end if;
  return query select 'stored', found_link.contact_id, found_link.id, is_first;
end $$;
