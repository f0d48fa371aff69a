import type { Database } from '#db/database.ts';
import { type AttemptRecord, recordAttempts } from '#db/delivery/attempts.ts';
import { listNewDeadLetters } from '#db/delivery/dead-letters.ts';
import type { OperationalEvent } from '#domain/delivery/operational-event.ts';
import { emitOperationalEvents } from './emit-operational-events.ts';

/** Stores attempts, and emits an event for each lead event's delivery that became a dead letter by them, in one transaction. */
export async function storeAttempts(db: Database, attempts: readonly AttemptRecord[]): Promise<void> {
  const dying = attempts.filter(({ next }) => next.state === 'dead').map(({ deliveryId }) => deliveryId);
  if (dying.length === 0) return recordAttempts(db, attempts);
  await db.transaction().execute(async (tx) => {
    await recordAttempts(tx, attempts);
    const deadLetters = await listNewDeadLetters(tx, dying);
    const events = deadLetters.map(({ id: deliveryId, endpointId, reason, at }): OperationalEvent => {
      return { type: 'delivery.exhausted', endpointId, deliveryId, reason, at };
    });
    await emitOperationalEvents(tx, events);
  });
}
