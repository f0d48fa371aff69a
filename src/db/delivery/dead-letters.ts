import { type SqlBool, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { DeadReason } from '#domain/delivery/next-step.ts';
import { notifyDue } from './deliveries.ts';
import type { DeliveryRow } from './tables.ts';

/** Selects dead letters: all given conditions must hold. Plain JSON, because it is the input of a workflow. */
export interface DeadLetterFilter {
  ids?: string[] | undefined;
  endpointId?: string | undefined;
  eventType?: string | undefined;
  contactId?: string | undefined;
  errorClass?: string | undefined;
  reason?: DeadReason | undefined;
  /** Dead since this time or later. ISO 8601. */
  since?: string | undefined;
  /** Dead before this time. ISO 8601. */
  until?: string | undefined;
}

export interface DeadLetterCount {
  matching: number;
  /** Of `matching`, those whose endpoint exists and is active. */
  redrivable: number;
}

/** Counts dead letters, and those of them that can be redriven. */
export async function countDeadLetters(db: Database, filter: DeadLetterFilter): Promise<DeadLetterCount> {
  const { matching, redrivable } = await db
    .selectFrom('webhook_delivery')
    .leftJoin('webhook_endpoint', (join) =>
      join
        .onRef('webhook_endpoint.id', '=', 'webhook_delivery.endpoint_id')
        .on('webhook_endpoint.is_active', '=', true)
        .on('webhook_endpoint.deleted_at', 'is', null),
    )
    .select(({ fn }) => [fn.countAll<string>().as('matching'), fn.count<string>('webhook_endpoint.id').as('redrivable')])
    .where(isDead(filter))
    .executeTakeFirstOrThrow();
  return { matching: Number(matching), redrivable: Number(redrivable) };
}

/** The given deliveries that this transaction made dead letters. Only those of lead events, because events about others are not emitted. */
export async function listNewDeadLetters(
  tx: Database,
  ids: readonly string[],
): Promise<{ id: string; endpointId: string; reason: string; at: Date }[]> {
  const { rows } = await sql<{ id: string; endpointId: string; reason: string; at: Date }>`
    select id, endpoint_id as "endpointId", coalesce(dead_reason, 'exhausted') as reason, dead_at as at from webhook_delivery
    where id = any(${ids}::uuid[]) and state = 'dead' and dead_at = now() and event_type in ('new_lead', 'lead_update', 'form_submitted')
    order by id`.execute(tx);
  return rows;
}

/** A page of dead letters, newest delivery first. `cursor`: the last id of the previous page. */
export function listDeadLetters(
  db: Database,
  { filter, cursor, limit }: { filter: DeadLetterFilter; cursor?: string | undefined; limit: number },
): Promise<DeliveryRow[]> {
  const page = db.selectFrom('webhook_delivery').selectAll().where(isDead(filter)).orderBy('id', 'desc').limit(limit);
  return (cursor === undefined ? page : page.where('id', '<', cursor)).execute();
}

/**
 * Makes up to `limit` dead letters due again, oldest first, with all retries of their endpoint. Skips those of disabled endpoints.
 * Resolves to the deliveries; an empty array means that none is left.
 */
export async function redriveDeadLetters(
  db: Database,
  { filter, limit }: { filter: DeadLetterFilter; limit: number },
): Promise<{ id: string; endpointId: string }[]> {
  const { rows } = await sql<{ id: string; endpointId: string }>`
    with chosen as materialized (
      select webhook_delivery.id from webhook_delivery
      join webhook_endpoint endpoint on endpoint.id = webhook_delivery.endpoint_id
      where endpoint.is_active and endpoint.deleted_at is null and ${isDead(filter)}
      order by webhook_delivery.dead_at, webhook_delivery.id
      limit ${limit}
      for update of webhook_delivery skip locked
    )
    update webhook_delivery set state = 'pending', next_attempt_at = now(), next_trigger = 'redrive',
      attempts_before = attempts, dead_at = null, dead_reason = null, note = null
    from chosen where webhook_delivery.id = chosen.id
    returning webhook_delivery.id, endpoint_id as "endpointId"`.execute(db);
  await notifyDue(
    db,
    rows.map(({ endpointId }) => endpointId),
  );
  return rows;
}

/** Marks dead letters as discarded. Resolves to their number. */
export async function discardDeadLetters(
  db: Database,
  { filter, note, limit }: { filter: DeadLetterFilter; note: string; limit: number },
): Promise<number> {
  const chosen = db.selectFrom('webhook_delivery').select('id').where(isDead(filter)).limit(limit);
  const { numUpdatedRows } = await db
    .updateTable('webhook_delivery')
    .set({ state: 'discarded', note })
    .where('state', '=', 'dead')
    .where('id', 'in', chosen)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

function isDead(filter: DeadLetterFilter) {
  const { ids, endpointId, eventType, contactId, errorClass, reason, since, until } = filter;
  const conditions = [
    sql<SqlBool>`webhook_delivery.state = 'dead'`,
    ids && sql<SqlBool>`webhook_delivery.id = any(${ids}::uuid[])`,
    endpointId && sql<SqlBool>`webhook_delivery.endpoint_id = ${endpointId}`,
    eventType && sql<SqlBool>`webhook_delivery.event_type = ${eventType}`,
    contactId && sql<SqlBool>`webhook_delivery.contact_id = ${contactId}`,
    errorClass && sql<SqlBool>`webhook_delivery.last_error_class = ${errorClass}`,
    reason && sql<SqlBool>`webhook_delivery.dead_reason = ${reason}`,
    since && sql<SqlBool>`webhook_delivery.dead_at >= ${since}`,
    until && sql<SqlBool>`webhook_delivery.dead_at < ${until}`,
  ].filter((condition) => condition !== undefined && condition !== '');
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
}
