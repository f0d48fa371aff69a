import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { executeNamed } from '#db/named-statement.ts';
import { isNextInOrder } from './deliveries.ts';

/** How long a worker is believed to serve an endpoint after it last said so. */
const believedForSeconds = 3;

/** An endpoint that a drain is busy with, and the token by which Temporal knows the attempt of that drain. */
export interface EndpointLease {
  endpointId: string;
  taskToken: Uint8Array;
}

/** A drain begins. Whoever served the endpoint before does so no longer. */
export async function acquireEndpointLease(db: Database, { endpointId, taskToken }: EndpointLease): Promise<void> {
  await sql`
    insert into webhook_serving (endpoint_id, until, task_token)
    values (${endpointId}, now() + make_interval(secs => ${believedForSeconds}), ${toBytes(taskToken)})
    on conflict (endpoint_id) do update set until = excluded.until, task_token = excluded.task_token`.execute(db);
}

/**
 * Says that these endpoints are still being served. To be repeated well within three seconds. Answers for which of them that is
 * so: the others were taken over.
 */
export async function renewEndpointLeases(db: Database, served: readonly EndpointLease[]): Promise<Set<string>> {
  if (served.length === 0) return new Set();
  // In one order everywhere, so that two processes never wait for each other.
  const sorted = served.toSorted((one, other) => (one.endpointId < other.endpointId ? -1 : 1));
  const { rows } = await sql<{ id: string }>`
    insert into webhook_serving (endpoint_id, until, task_token)
    select id, now() + make_interval(secs => ${believedForSeconds}), token
    from unnest(${sorted.map(({ endpointId }) => endpointId)}::uuid[],
      ${sorted.map(({ taskToken }) => toBytes(taskToken))}::bytea[]) as row(id, token)
    on conflict (endpoint_id) do update set until = excluded.until where webhook_serving.task_token = excluded.task_token
    returning endpoint_id as id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

export async function releaseEndpointLease(db: Database, { endpointId, taskToken }: EndpointLease): Promise<void> {
  const token = toBytes(taskToken);
  await db.deleteFrom('webhook_serving').where('endpoint_id', '=', endpointId).where('task_token', '=', token).execute();
}

/** Drains that have said nothing for longer than a worker that lives ever does. */
export async function listExpiredEndpointLeases(db: Database): Promise<EndpointLease[]> {
  const { rows } = await sql<EndpointLease>`
    select endpoint_id as "endpointId", task_token as "taskToken" from webhook_serving where until < now()`.execute(db);
  return rows;
}

/** Those of them that may be sent to and that no worker serves. One whose breaker is open waits for `listOverdueEndpoints`. */
export async function listUnleasedEndpoints(db: Database, endpointIds: readonly string[]): Promise<string[]> {
  const statement = sql<{ id: string }>`
    select id from webhook_endpoint
    where id = any(${endpointIds}::uuid[]) and is_active and deleted_at is null
      and (breaker_until is null or breaker_until < now())
      and not exists (select from webhook_serving where endpoint_id = id and until > now())`;
  const { rows } = await executeNamed(db, 'find-unserved', statement);
  return rows.map(({ id }) => id);
}

/** Active endpoints that nobody serves although something has been due there for a while, or is to be sent again; the longest first. */
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

function toBytes(token: Uint8Array): Buffer {
  return Buffer.from(token.buffer, token.byteOffset, token.byteLength);
}
