import type { Database } from '#db/database.ts';
import { hasRecentDeadLetters } from '#db/delivery/auto-redrive.ts';
import { type HealthChange, saveHealth } from '#db/delivery/endpoint-health.ts';
import type { OperationalEvent } from '#domain/delivery/operational-event.ts';
import { emitOperationalEvents } from './emit-operational-events.ts';

/**
 * Stores how an endpoint fares, together with what is told of it: both or neither. One that answers again after deliveries died is
 * sent those again.
 */
export async function storeHealth(db: Database, id: string, change: HealthChange, news: OperationalEvent[]): Promise<void> {
  const { health, recoveredAfterMs } = change;
  if (recoveredAfterMs === null && news.length === 0) return saveHealth(db, id, change);
  await db.transaction().execute(async (tx) => {
    const isRedriven = recoveredAfterMs !== null && (await hasRecentDeadLetters(tx, id, recoveredAfterMs));
    await saveHealth(tx, id, { ...change, recoveredAfterMs: isRedriven ? recoveredAfterMs : null });
    // A single answer to what was under way when the breaker opened says little.
    const isUntold = health.breaker === 'closed' && news.every(({ type }) => type !== 'endpoint.recovered');
    const recovered: OperationalEvent = { type: 'endpoint.recovered', endpointId: id, at: new Date() };
    await emitOperationalEvents(tx, isRedriven && isUntold ? [...news, recovered] : news);
  });
}
