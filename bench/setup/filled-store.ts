import pg from 'pg';

export interface FillOptions {
  contacts: number;
  /** Rows of the inbox. */
  events: number;
  accountId: string;
  /** Contact n, counted from 0, has the GoHighLevel id `<prefix>n`. */
  prefix: string;
}

export interface TableSize {
  name: string;
  rows: number;
  /** Size with indexes. */
  megabytes: number;
}

const values = `jsonb_build_object('givenName', 'Ada', 'familyName', 'Lovelace' || n, 'company', null, 'birthday', null, 'note', null,
  'source', 'Website form', 'tags', '["newsletter"]'::jsonb, 'addresses', '[]'::jsonb,
  'emails', jsonb_build_array(jsonb_build_object('address', 'ada.' || n || '@example.com', 'label', null)),
  'phones', jsonb_build_array(jsonb_build_object('e164', '+1512' || 2000000 + n, 'raw', '+1512' || 2000000 + n, 'extension', null, 'label', null)),
  'doNotContact', '{"call": false, "sms": false, "email": false}'::jsonb)`;

/** Makes contacts, links and inbox rows in SQL. Vacuums and checkpoints, so that neither happens during a measurement. */
export async function fillStore(database: string, { contacts, events, accountId, prefix }: FillOptions): Promise<TableSize[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    // The rows are consistent: constraint triggers would only cost time.
    await client.query('set session_replication_role = replica; set synchronous_commit = off');
    await client.query(`create temp table new as
      select n, uuidv7() as contact_id, uuidv7() as link_id from generate_series(0, ${contacts - 1}) n`);
    await client.query(`insert into contact (id, fields, revision, sync_status)
      select contact_id, ${values}, 1, 'not_eligible' from new`);
    await client.query(
      `insert into link (id, contact_id, provider, account_id, external_id, state, reference, shadow)
       select link_id, contact_id, 'gohighlevel', $1, $2 || n, 'linked', link_id::text, ${values} from new`,
      [accountId, prefix],
    );
    await client.query(
      `insert into inbox_event (id, provider, event_id, type, account_id, external_id, link_id, scheme, payload, headers, received_at)
       select uuidv7(), 'gohighlevel', 'old-' || n, 'ContactUpdate', $1, $2 || n, link_id, 'ed25519', repeat('x', 300), '{}', now()
       from new where n < $3`,
      [accountId, prefix, events],
    );
    await client.query('vacuum analyze contact, link, inbox_event');
    await client.query('checkpoint');
    return await readSizes(client);
  } finally {
    await client.end();
  }
}

async function readSizes(client: pg.Client): Promise<TableSize[]> {
  const { rows } = await client.query<TableSize>(`
    select relname as name, reltuples::int as rows, (pg_total_relation_size(oid) / 1000000)::int as megabytes
    from pg_class where relname in ('contact', 'link', 'inbox_event') order by relname`);
  return rows;
}
