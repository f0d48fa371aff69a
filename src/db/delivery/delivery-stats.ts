import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { isNextInOrder } from './deliveries.ts';

export interface DeliveryStats {
  pending: number;
  dead: number;
  /** Of what could be sent now: for how many seconds the oldest has been due; 0 where nothing is. */
  oldestDueSeconds: number;
  breakersOpen: number;
  /** Not by an operator, but because they failed or are gone. */
  disabled: number;
}

/** How the webhooks that Accord sends fare, in one round trip. */
export async function readDeliveryStats(db: Database): Promise<DeliveryStats> {
  const { rows } = await sql<DeliveryStats>`
    select
      (select count(*)::int from webhook_delivery where state = 'pending') as pending,
      (select count(*)::int from webhook_delivery where state = 'dead') as dead,
      (select coalesce(max(greatest(0, extract(epoch from now() - first.next_attempt_at))), 0)::float8
        from webhook_endpoint endpoint cross join lateral (
          select next_attempt_at from webhook_delivery delivery
          where endpoint_id = endpoint.id and state = 'pending' and ${isNextInOrder} order by next_attempt_at limit 1
        ) as first
        where endpoint.is_active and endpoint.deleted_at is null and endpoint.breaker_state <> 'open') as "oldestDueSeconds",
      (select count(*)::int from webhook_endpoint
        where breaker_state = 'open' and is_active and deleted_at is null) as "breakersOpen",
      (select count(*)::int from webhook_endpoint
        where disabled_reason in ('gone', 'failing') and not is_active and deleted_at is null) as disabled`.execute(db);
  return rows[0] as DeliveryStats;
}
