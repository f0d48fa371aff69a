import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Posted, PostRequest } from '#bench/processes/bare-poster.ts';
import type { ReceiverAnswer, ReceiverRequest } from '#bench/processes/delivery-receiver.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { createEndpoint } from '#db/delivery/endpoints.ts';
import { publishLeadEvent } from '#db/delivery/outbox-events.ts';
import type { Bench } from './bench.ts';
import { type HelperProcess, startHelper } from './helper-process.ts';

export interface Subscribers {
  receiver: HelperProcess<ReceiverRequest, ReceiverAnswer>;
  poster: HelperProcess<PostRequest, Posted>;
  db: Database;
  /** The body of each event. */
  body: string;
  /** Commits one event for one endpoint. Returns its id, and the times before and after the commit in milliseconds since 1970. */
  publish(endpoint: number): Promise<{ id: string; askedAt: number; committedAt: number }>;
  /** Commits one event for all endpoints. */
  publishToAll(): Promise<void>;
  /** Commits events in one transaction, spread evenly over the endpoints. */
  publishAll(events: number): Promise<number>;
  /** Makes the first endpoints hang, or refuse each event once. The others answer. */
  hang(endpoints: number): Promise<void>;
  refuseOnce(endpoints: number): Promise<void>;
}

/** Creates endpoints at one receiver. Each filters by its own tag, so that an event can select one endpoint. */
export async function openSubscribers(
  bench: Bench,
  count: number,
  cleanUp: AsyncDisposableStack,
  database = bench.stack.database,
): Promise<Subscribers> {
  const db = openDatabase({ url: database, poolSize: 20 });
  cleanUp.defer(() => db.destroy());
  const receiver = await startHelper<ReceiverRequest, ReceiverAnswer>('delivery-receiver.ts', {});
  cleanUp.defer(() => receiver.stop());
  const poster = await startHelper<PostRequest, Posted>('bare-poster.ts', {});
  cleanUp.defer(() => poster.stop());
  const key = Buffer.from(bench.encryptionKey, 'base64');
  const { url } = receiver.greeting;
  const ids: string[] = [];
  for (let place = 0; place < count; place += 1)
    ids.push((await createEndpoint(db, key, endpointOf(`${url}/ok/${place}`, place))).id);
  // Later figures must not deliver to these endpoints.
  cleanUp.defer(async () => {
    await db.updateTable('webhook_endpoint').set({ is_active: false, deleted_at: new Date() }).execute();
  });

  async function answer(how: 'hang' | 'once', endpoints: number): Promise<void> {
    for (const [place, id] of ids.entries()) {
      const path = place < endpoints ? how : 'ok';
      await db
        .updateTable('webhook_endpoint')
        .set({ url: `${url}/${path}/${place}` })
        .where('id', '=', id)
        .execute();
    }
  }

  return {
    ...{ receiver, poster, db, body },
    async publish(endpoint) {
      const event = leadEvent(endpoint);
      const askedAt = now();
      const id = await db.transaction().execute((tx) => publishLeadEvent(tx, event));
      return { id: id as string, askedAt, committedAt: now() };
    },
    async publishToAll() {
      await db.transaction().execute((tx) => publishLeadEvent(tx, { ...leadEvent(0), isWanted: () => true }));
    },
    async publishAll(events) {
      await publishAll(db, ids, events);
      return performance.now();
    },
    hang: (endpoints) => answer('hang', endpoints),
    refuseOnce: (endpoints) => answer('once', endpoints),
  };
}

const body = JSON.stringify({
  ...{ id: randomUUIDv7(), event: 'lead_update', type: 'lead_update', timestamp: new Date().toISOString(), sequence: 1 },
  data: {
    id: randomUUIDv7(),
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    phone: '+15125550143',
    changes: { source: 'fair' },
  },
});

const now = () => performance.timeOrigin + performance.now();

function endpointOf(url: string, place: number) {
  return {
    ...{ url, description: null, events: ['lead_update' as const], max_retries: 5, timeout_seconds: 30, retry_schedule: null },
    ...{ custom_headers: null, filters: { tags: [`endpoint-${place}`] }, rate_per_second: null, ordered: false },
    ...{ include_previous: false, is_active: true, secret: `whsec_${Buffer.alloc(32, place).toString('base64')}` },
  };
}

function leadEvent(endpoint: number) {
  return {
    ...{ type: 'lead_update' as const, contactId: randomUUIDv7(), sequence: 1, occurredAt: new Date() },
    isWanted: (filters: { tags?: string[] } | null) => filters?.tags?.[0] === `endpoint-${endpoint}`,
    toText: () => body,
  };
}

/** Inserts events and deliveries in one transaction. */
async function publishAll(db: Database, endpointIds: readonly string[], events: number): Promise<void> {
  const rows = Array.from({ length: events }, (_, place) => ({
    ...{ event: randomUUIDv7(), delivery: randomUUIDv7(), contact: randomUUIDv7() },
    endpoint: endpointIds[place % endpointIds.length],
  }));
  await db.transaction().execute(async (tx) => {
    await sql`
      with row as materialized (
        select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(event uuid, delivery uuid, contact uuid, endpoint uuid)
      ), event as (
        insert into outbox_event (id, type, contact_id, sequence, body, occurred_at)
        select event, 'lead_update', contact, 1, ${Buffer.from(body)}, now() from row
      )
      insert into webhook_delivery (id, endpoint_id, event_id, event_type, contact_id, sequence, next_attempt_at)
      select delivery, endpoint, event, 'lead_update', contact, 1, now() from row`.execute(tx);
    await sql`select pg_notify('webhook_due', id) from unnest(${[...endpointIds]}::text[]) as row(id)`.execute(tx);
  });
}
