-- Returns the link of a provider's record, found by its id or by an alias. An unknown record gets a link and an empty contact.
-- Of several calls that race for one record, one inserts and the others return its link.
create or replace function claim_link(
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
