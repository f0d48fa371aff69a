import type { Database } from '#db/database.ts';
import { publishOperationalEvents } from '#db/delivery/operational-events.ts';
import { type OperationalEvent, operationalEventText } from '#domain/delivery/operational-event.ts';

/** Sends events to the endpoints that subscribed to them, in the transaction that stores the facts. */
export async function emitOperationalEvents(tx: Database, events: readonly OperationalEvent[]): Promise<void> {
  await publishOperationalEvents(
    tx,
    events.map((event) => ({ ...event, toText: (id) => operationalEventText(id, event) })),
  );
}
