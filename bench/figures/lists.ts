import pg from 'pg';
import type { Figure } from '#bench/measure/figure.ts';
import { startAskedApi } from '#bench/setup/asked-api.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { fillListedStore } from '#bench/setup/listed-store.ts';
import { fillSearchableStore } from '#bench/setup/searchable-store.ts';
import { type Asked, compareStores, toRows } from '#bench/setup/two-stores.ts';

/** The time of the queries behind the lists of the admin pages, with a hundred times as many rows. */
export async function lists(bench: Bench): Promise<Figure> {
  const [few, many] = bench.quick ? [1_000, 100_000] : [10_000, 1_000_000];
  const rounds = bench.quick ? 40 : 150;
  await using cleanUp = new AsyncDisposableStack();
  const open = async (contacts: number) => cleanUp.adopt(await openStore(bench, contacts), (store) => store.stop());
  const stores = { small: await open(few), large: await open(many) };
  const times = await compareStores(stores, { rounds, makeQueries });
  return {
    title: `Lists of the admin pages with ${many.toLocaleString('en')} rows each, by the api`,
    rows: ['deliveries', 'needs you', 'duplicates', 'forms', 'activity'].flatMap((kind) => toRows(kind, times, few)),
    notes: [
      `${rounds} rounds in both stores in turns: the newest page, a next page, and each filter, also those that few rows match`,
    ],
  };
}

const deliveries = '/api/v1/webhooks/deliveries/';

function makeQueries({ contactId, endpointId }: Store): Asked[] {
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const filters = [
    ...['', 'state=delivered', 'state=dead', 'state=pending', 'state=cancelled', 'state=discarded', 'event_type=new_lead'],
    ...['event_type=webhook.test', 'status_class=2xx', 'status_class=5xx', 'error_class=server-error', 'error_class=timeout'],
    ...[`endpoint_id=${endpointId}`, `endpoint_id=${endpointId}&state=dead`, `contact_id=${contactId}`, `since=${since}`],
  ];
  return [
    ...filters.map((filter) => ({ kind: 'deliveries', path: `${deliveries}?${filter}` })),
    { kind: 'needs you', path: '/api/v1/needs-you' },
    ...['open', 'later', 'same', 'different'].map((state) => ({
      kind: 'duplicates',
      path: `/api/v1/candidates?limit=20&state=${state}`,
    })),
    { kind: 'duplicates', path: `/api/v1/candidates?limit=20&contactId=${contactId}` },
    ...['', '?waiting=true'].map((query) => ({ kind: 'forms', path: `/api/v1/form-submissions${query}` })),
    ...['', '?actor=api-key:anna', '?action=webhook', '?action=contact', '?actor=nobody'].map((query) => ({
      ...{ kind: 'activity', path: `/api/v1/audit-log${query}` },
    })),
  ];
}

type Store = Awaited<ReturnType<typeof openStore>>;

async function openStore(bench: Bench, contacts: number) {
  const database = await bench.createDatabase(`bench_lists_${contacts}`);
  await fillSearchableStore(database, contacts);
  await fillListedStore(database, contacts);
  return { ...(await readIds(database)), ...(await startAskedApi(bench, database)) };
}

async function readIds(database: string): Promise<{ contactId: string; endpointId: string }> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ contactId: string; endpointId: string }>(`
      select (select contact_id from webhook_delivery order by id offset 500 limit 1) as "contactId",
        (select id from webhook_endpoint limit 1) as "endpointId"`);
    const [ids] = rows;
    if (!ids) throw new Error('The store is empty');
    return ids;
  } finally {
    await client.end();
  }
}
