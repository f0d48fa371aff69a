import { type SqlBool, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { firstIdAt } from '#db/first-id-at.ts';
import type { DeliveryRow, DeliveryState } from './tables.ts';

/** Selects deliveries: all given conditions must hold. */
export interface DeliveryFilter {
  state?: DeliveryState | undefined;
  endpointId?: string | undefined;
  /** One of these. */
  endpointIds?: readonly string[] | undefined;
  eventId?: string | undefined;
  eventType?: string | undefined;
  contactId?: string | undefined;
  errorClass?: string | undefined;
  /** First digit of the status of the last attempt: 2 for 200 to 299. */
  statusClass?: number | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** A page of deliveries, newest first. `cursor`: the last id of the previous page. */
export function listDeliveries(
  db: Database,
  { filter, cursor, limit }: { filter: DeliveryFilter; cursor?: string | undefined; limit: number },
): Promise<DeliveryRow[]> {
  const { state, endpointId, endpointIds, eventId, eventType, contactId, errorClass, statusClass, since, until } = filter;
  const conditions = [
    state && sql<SqlBool>`state = ${state}`,
    endpointId && sql<SqlBool>`endpoint_id = ${endpointId}`,
    endpointIds && isOneOf(endpointIds),
    eventId && sql<SqlBool>`event_id = ${eventId}`,
    eventType && sql<SqlBool>`event_type = ${eventType}`,
    contactId && sql<SqlBool>`contact_id = ${contactId}`,
    errorClass && sql<SqlBool>`last_error_class = ${errorClass}`,
    statusClass && sql<SqlBool>`last_status between ${statusClass * 100} and ${statusClass * 100 + 99}`,
    since && sql<SqlBool>`created_at >= ${since} and id >= ${firstIdAt(hourBefore(since))}`,
    until && sql<SqlBool>`created_at < ${until}`,
    cursor && sql<SqlBool>`id < ${cursor}`,
  ].filter((condition) => typeof condition === 'object');
  return db
    .selectFrom('webhook_delivery')
    .selectAll()
    .$if(conditions.length > 0, (query) => query.where(sql<SqlBool>`${sql.join(conditions, sql` and `)}`))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** One endpoint is the usual case, and has an index in the order of the list. */
function isOneOf(endpointIds: readonly string[]) {
  const [first, ...others] = endpointIds;
  if (first !== undefined && others.length === 0) return sql<SqlBool>`endpoint_id = ${first}`;
  return sql<SqlBool>`endpoint_id = any(${endpointIds}::uuid[])`;
}

/** The clocks of the process that makes an id and of the database differ by less. */
const hourBefore = (time: string): Date => new Date(Date.parse(time) - 3_600_000);

/** A delivery with its payload; `body` is null once retention has removed it. `isLocked` locks the row for the transaction. */
export async function findDelivery(
  db: Database,
  id: string,
  { isLocked = false } = {},
): Promise<(DeliveryRow & { body: Buffer | null }) | undefined> {
  return db
    .selectFrom('webhook_delivery')
    .leftJoin('outbox_event', 'outbox_event.id', 'webhook_delivery.event_id')
    .leftJoin('webhook_endpoint', 'webhook_endpoint.id', 'webhook_delivery.endpoint_id')
    .selectAll('webhook_delivery')
    .select(
      sql<Buffer | null>`case when webhook_endpoint.include_previous
        then coalesce(outbox_event.body_with_previous, outbox_event.body) else outbox_event.body end`.as('body'),
    )
    .where('webhook_delivery.id', '=', id)
    .$if(isLocked, (query) => query.forUpdate('webhook_delivery'))
    .executeTakeFirst();
}

/** The payloads of deliveries by event id, without previous values. Those that retention has removed are missing. */
export async function findPayloads(
  db: Database,
  deliveries: readonly Pick<DeliveryRow, 'event_id'>[],
): Promise<Map<string, Buffer>> {
  const ids = deliveries.map(({ event_id }) => event_id);
  const rows = await db.selectFrom('outbox_event').select(['id', 'body']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, body }) => [id, body]));
}
