import type { Database } from '#db/database.ts';
import { type AttemptRecord, recordAttempts } from '#db/delivery/attempts.ts';
import { findJustDied } from '#db/delivery/dead-letters.ts';
import type { OperationalEvent } from '#domain/delivery/operational-event.ts';
import { tellOperators } from './emit-operational-events.ts';

/** Stores attempts, and tells of those leads' deliveries that died by them: all of it, or nothing. */
export async function settleAttempts(db: Database, attempts: readonly AttemptRecord[]): Promise<void> {
  const dying = attempts.filter(({ next }) => next.state === 'dead').map(({ deliveryId }) => deliveryId);
  if (dying.length === 0) return recordAttempts(db, attempts);
  await db.transaction().execute(async (tx) => {
    await recordAttempts(tx, attempts);
    const died = await findJustDied(tx, dying);
    await tellOperators(
      tx,
      died.map(({ id: deliveryId, endpointId, reason, at }): OperationalEvent => {
        return { type: 'delivery.exhausted', endpointId, deliveryId, reason, at };
      }),
    );
  });
}
