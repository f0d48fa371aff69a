import { sql } from 'kysely';
import type { Database } from './database.ts';

/** How long a worker is believed to serve an endpoint after it last said so. */
const believedForSeconds = 5;

/** Says that these endpoints are being served. To be repeated well within five seconds. */
export async function keepServing(db: Database, endpointIds: readonly string[]): Promise<void> {
  if (endpointIds.length === 0) return;
  await sql`
    insert into webhook_serving (endpoint_id, until)
    select id, now() + make_interval(secs => ${believedForSeconds}) from unnest(${endpointIds.toSorted()}::uuid[]) as row(id)
    on conflict (endpoint_id) do update set until = excluded.until`.execute(db);
}

export async function stopServing(db: Database, endpointId: string): Promise<void> {
  await db.deleteFrom('webhook_serving').where('endpoint_id', '=', endpointId).execute();
}

/** Those of them that may be sent to and that no worker serves. One whose breaker is open waits for `findForgotten`. */
export async function findUnserved(db: Database, endpointIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook_endpoint
    where id = any(${endpointIds}::uuid[]) and is_active and deleted_at is null
      and (breaker_until is null or breaker_until < now())
      and not exists (select from webhook_serving where endpoint_id = id and until > now())`.execute(db);
  return rows.map(({ id }) => id);
}

/** Active endpoints that nobody serves although something has been due there for a while, or is to be sent again; the longest first. */
export async function findForgotten(
  db: Database,
  { olderThanSeconds, limit }: { olderThanSeconds: number; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select endpoint.id from webhook_endpoint endpoint
    left join lateral (
      select next_attempt_at from webhook_delivery
      where endpoint_id = endpoint.id and state = 'pending' order by next_attempt_at limit 1
    ) as first on true
    where endpoint.is_active and endpoint.deleted_at is null
      and (endpoint.breaker_until is null or endpoint.breaker_until < now())
      and (first.next_attempt_at < now() - make_interval(secs => ${olderThanSeconds}) or endpoint.redrive_since is not null)
      and not exists (select from webhook_serving where endpoint_id = endpoint.id and until > now())
    order by first.next_attempt_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}
