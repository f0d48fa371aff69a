-- Whether the values of a record's version, or of a later one, are merged already. False for a version that is not a number, and for a
-- record that a read has not found or that Accord removes.
create or replace function is_version_known(known link, p_version bigint) returns boolean
language sql immutable as $$
  select coalesce(
    known.state = 'linked' and known.missing_since is null and known.removed_at is null
      and case when known.version ~ '^[0-9]{1,18}$' then known.version::bigint >= p_version end,
    false)
$$;
