import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { executeNamed } from '#db/named-statement.ts';
import { isNextInOrder } from './deliveries.ts';

/** A drain that has not renewed its lease for this long has lost it. */
const leaseSeconds = 3;

/** The right to send to an endpoint: a row of `webhook_serving`. One attempt of a drain owns it, until it expires. */
export interface EndpointLease {
  endpointId: string;
  /** The owner: the token that identifies an attempt of the activity to Temporal. */
  taskToken: Uint8Array;
}

/** Takes the lease, also from its present owner. */
export async function acquireEndpointLease(db: Database, { endpointId, taskToken }: EndpointLease): Promise<void> {
  await sql`
    insert into webhook_serving (endpoint_id, until, task_token)
    values (${endpointId}, now() + make_interval(secs => ${leaseSeconds}), ${toBuffer(taskToken)})
    on conflict (endpoint_id) do update set until = excluded.until, task_token = excluded.task_token`.execute(db);
}

/**
 * Extends leases, expired ones included as long as nobody else took them. Call it well within three seconds. Resolves to the ids of the
 * endpoints whose lease is still owned.
 */
export async function renewEndpointLeases(db: Database, leases: readonly EndpointLease[]): Promise<Set<string>> {
  if (leases.length === 0) return new Set();
  // All processes lock rows in one order, which rules out deadlocks.
  const sorted = leases.toSorted((one, other) => (one.endpointId < other.endpointId ? -1 : 1));
  const { rows } = await sql<{ id: string }>`
    insert into webhook_serving (endpoint_id, until, task_token)
    select id, now() + make_interval(secs => ${leaseSeconds}), token
    from unnest(${sorted.map(({ endpointId }) => endpointId)}::uuid[],
      ${sorted.map(({ taskToken }) => toBuffer(taskToken))}::bytea[]) as row(id, token)
    on conflict (endpoint_id) do update set until = excluded.until where webhook_serving.task_token = excluded.task_token
    returning endpoint_id as id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** Does nothing when another drain has taken the lease. */
export async function releaseEndpointLease(db: Database, { endpointId, taskToken }: EndpointLease): Promise<void> {
  const token = toBuffer(taskToken);
  await db.deleteFrom('webhook_serving').where('endpoint_id', '=', endpointId).where('task_token', '=', token).execute();
}

/** Leases that were neither renewed nor released: their worker is gone, or very slow. */
export async function listExpiredEndpointLeases(db: Database): Promise<EndpointLease[]> {
  const { rows } = await sql<EndpointLease>`
    select endpoint_id as "endpointId", task_token as "taskToken" from webhook_serving where until < now()`.execute(db);
  return rows;
}

/** The given endpoints that may be sent to and that no drain serves. An open breaker leaves an endpoint to `listOverdueEndpoints`. */
export async function listUnleasedEndpoints(db: Database, endpointIds: readonly string[]): Promise<string[]> {
  const statement = sql<{ id: string }>`
    select id from webhook_endpoint
    where id = any(${endpointIds}::uuid[]) and is_active and deleted_at is null
      and (breaker_until is null or breaker_until < now())
      and not exists (select from webhook_serving where endpoint_id = id and until > now())`;
  const { rows } = await executeNamed(db, 'list-unleased-endpoints', statement);
  return rows.map(({ id }) => id);
}

/** Endpoints that no drain serves although a delivery is overdue or missed deliveries are to be redriven; most overdue first. */
export async function listOverdueEndpoints(
  db: Database,
  { olderThanSeconds, limit }: { olderThanSeconds: number; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select endpoint.id from webhook_endpoint endpoint
    left join lateral (
      select next_attempt_at from webhook_delivery delivery
      where endpoint_id = endpoint.id and state = 'pending' and ${isNextInOrder} order by next_attempt_at limit 1
    ) as first on true
    where endpoint.is_active and endpoint.deleted_at is null
      and (endpoint.breaker_until is null or endpoint.breaker_until < now())
      and (first.next_attempt_at < now() - make_interval(secs => ${olderThanSeconds}) or endpoint.redrive_since is not null)
      and not exists (select from webhook_serving where endpoint_id = endpoint.id and until > now())
    order by first.next_attempt_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** pg sends only Buffers as bytea. */
function toBuffer(token: Uint8Array): Buffer {
  return Buffer.from(token.buffer, token.byteOffset, token.byteLength);
}
