import pg from 'pg';

/** The words of names are as frequent as in a town: some are in every hundredth contact, some in one of many thousands. */
const values = `jsonb_build_object(
  'givenName', given, 'middleName', null, 'familyName', family, 'nameSuffix', null, 'company', company, 'jobTitle', null, 'birthday', null,
  'note', null, 'source', 'Website form', 'addresses', '[]'::jsonb, 'tags', tags,
  'emails', jsonb_build_array(jsonb_build_object('address', email, 'label', null)),
  'phones', jsonb_build_array(jsonb_build_object('e164', '+1' || digits, 'raw', '+1' || digits, 'extension', null, 'label', null)),
  'doNotContact', '{"call": false, "sms": false, "email": false}'::jsonb)`;

/**
 * Makes contacts with links and search texts in SQL, as the worker would have stored them: most are in step, some fail, and every tenth has
 * a second record. Contact n, counted from 0, has the GoHighLevel id `ghl-n`.
 */
export async function fillSearchableStore(database: string, contacts: number): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    // The rows are consistent: constraint triggers would only cost time.
    await client.query(
      `set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '256MB'`,
    );
    await client.query('drop index contact_search_text');
    await client.query(`
      create temp table person as select n, uuidv7() as id, given, family, digits,
        lower(given) || '.' || lower(family) || n || '@' || (array['example.com', 'mail.example', 'acme.example'])[1 + n % 3] as email,
        case when n % 5 = 0 then family || (array[' Plumbing', ' & Sons', ' Dental', ' Roofing'])[1 + n / 5 % 4] end as company,
        to_jsonb(array_remove(array[
          case when n % 2 = 0 then 'newsletter' end, case when n % 20 = 0 then 'cold lead' end,
          case when n % 1000 = 0 then 'vip' end, 'import ' || n / 5000], null)) as tags
      from (
        select n, (2000000000 + (n::bigint * 7919) % 7999999999)::text as digits,
          initcap(substr(translate(md5('given' || floor(power(random(), 2) * 4000)), '0123456789', 'aeioulnrst'), 1, 5)) as given,
          initcap(substr(translate(md5('family' || floor(power(random(), 3) * 40000)), '0123456789', 'aeioulnrst'), 1, 7)) as family
        from generate_series(0, ${contacts - 1}) as n
      ) as made`);
    await client.query(`
      insert into contact (id, fields, revision, sync_status, has_match_keys, updated_at)
      select id, ${values}, 1, case when n % 2000 = 0 then 'failed' when n % 500 = 0 then 'waiting' else 'synced' end, true,
        now() - make_interval(secs => ${contacts} - n) from person`);
    await client.query(`
      insert into contact_search (contact_id, text)
      select id, concat(' ', lower(given), E'\\n ', lower(family), E'\\n ', lower(company) || E'\\n ', email, E'\\n 1', digits, E'\\n ',
        (select string_agg(E'\\t' || tag || E'\\t', E'\\n ') from jsonb_array_elements_text(tags) as tag), E'\\n') from person`);
    await client.query(`
      insert into link (id, contact_id, provider, account_id, external_id, state, reference, shadow, last_error)
      select uuidv7(), id, provider, 'bench', prefix || n, 'linked', prefix || n, ${values},
        case when n % 2000 = 0 then '{"type": "InvalidRequestError", "message": "refused", "permanent": true, "at": "2026-01-01T00:00:00Z"}'::jsonb end
      from person cross join (values ('gohighlevel', 'ghl-', 1), ('square', 'sq-', 10)) as record(provider, prefix, every)
      where n % every = 0`);
    await client.query('create index contact_search_text on contact_search using gin (text gin_trgm_ops)');
    await client.query('vacuum analyze contact, contact_search, link');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}
