import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { isNextInOrder } from './deliveries.ts';

export interface DeliveryStats {
  pending: number;
  dead: number;
  /** For how many seconds the oldest delivery that could be sent has been due; 0 when none is due. */
  oldestDueSeconds: number;
  breakersOpen: number;
  /** Endpoints that were disabled because they failed or are gone, not by an operator. */
  disabled: number;
}

/** Figures about deliveries and endpoints, in one round trip. */
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
  const [stats] = rows;
  if (!stats) throw new Error('The query of delivery figures returned no row');
  return stats;
}
