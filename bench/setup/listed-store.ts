import pg from 'pg';

/**
 * Adds to a searchable store what the other lists of the admin pages show, one row for each contact: deliveries of which few failed,
 * form submissions of which few wait, entries of the audit log. And a pair of contacts that may be one for every hundredth one.
 */
export async function fillListedStore(database: string, contacts: number): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica; set synchronous_commit = off');
    await client.query(`
      insert into webhook_endpoint (id, url, events, secret)
      select uuidv7(), 'https://app' || n || '.example.com/hook', array['new_lead', 'lead_update'], '\\x00' from generate_series(1, 5) as n`);
    await client.query(`
      insert into webhook_delivery (id, endpoint_id, event_id, event_type, contact_id, sequence, state, attempts, dead_at, dead_reason,
        last_status, last_error_class, last_error, next_attempt_at, delivered_at)
      select uuidv7(), endpoint.id, uuidv7(), case when n % 5000 = 7 then 'webhook.test' when n % 3 = 0 then 'new_lead' else 'lead_update' end,
        contact.id, n, state, 1, case state when 'dead' then now() end, case state when 'dead' then 'exhausted' end,
        case state when 'delivered' then 200 else 500 end, case state when 'dead' then 'server-error' end,
        case state when 'dead' then 'The endpoint responded 500.' end, case state when 'pending' then now() + interval '1 day' end,
        case state when 'delivered' then now() end
      from (
        select id, n, case when n % 4000 = 1 then 'dead' when n % 4000 = 2 then 'pending' when n % 4000 = 3 then 'cancelled'
          else 'delivered' end as state
        from (select id, row_number() over () as n from contact) as numbered
      ) as contact
      join (select id, row_number() over () as place from webhook_endpoint) as endpoint on endpoint.place = 1 + contact.n % 5`);
    await client.query(`
      insert into form_submission (id, form, values, evidence, idempotency_key, received_at, pending)
      select uuidv7(), 'contact', '{"name": "Ada", "email": "ada@example.com"}', '{}', n::text, now(),
        case when n % 4000 = 1 then '[]'::jsonb end
      from generate_series(1, ${contacts}) as n`);
    await client.query(`
      insert into audit_log (id, actor, action, target)
      select uuidv7(), case when n % 5000 = 1 then 'api-key:anna' else 'api-key:sync' end,
        case when n % 5000 = 2 then 'webhook.create' else 'contact.retry' end, n::text
      from generate_series(1, ${contacts}) as n`);
    await client.query(`
      insert into match_candidate (id, contact_id, other_contact_id, state, evidence)
      select uuidv7(), id, other, case when n % 2000 = 0 then 'open' when n % 5000 = 100 then 'same' else 'different' end, '{"score": 70}'
      from (select id, lead(id) over (order by id) as other, row_number() over (order by id) as n from contact) as pair
      where n % 100 = 0 and other is not null`);
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}
