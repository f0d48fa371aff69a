import type { Database } from '#db/database.ts';
import { hasRecentDeadLetters } from '#db/delivery/auto-redrive.ts';
import { type HealthChange, saveHealth } from '#db/delivery/endpoint-health.ts';
import type { OperationalEvent } from '#domain/delivery/operational-event.ts';
import { emitOperationalEvents } from './emit-operational-events.ts';

/**
 * Stores the health of an endpoint and emits the events about it, in one transaction. An endpoint that recovers and has dead letters
 * from its failing time gets them again.
 */
export async function storeHealth(db: Database, id: string, change: HealthChange, events: OperationalEvent[]): Promise<void> {
  const { health, recoveredAfterMs } = change;
  if (recoveredAfterMs === null && events.length === 0) return saveHealth(db, id, change);
  await db.transaction().execute(async (tx) => {
    const isRedriven = recoveredAfterMs !== null && (await hasRecentDeadLetters(tx, id, recoveredAfterMs));
    await saveHealth(tx, id, { ...change, recoveredAfterMs: isRedriven ? recoveredAfterMs : null });
    // A success while the breaker is open belongs to an attempt from before it opened, and proves little.
    const lacksRecovery = health.breaker === 'closed' && events.every(({ type }) => type !== 'endpoint.recovered');
    const recovered: OperationalEvent = { type: 'endpoint.recovered', endpointId: id, at: new Date() };
    await emitOperationalEvents(tx, isRedriven && lacksRecovery ? [...events, recovered] : events);
  });
}
