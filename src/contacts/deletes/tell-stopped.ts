import type { Database } from '#db/database.ts';
import { publishOperationalEvents } from '#db/delivery/operational-events.ts';
import { operationalEventText, type StopReason } from '#domain/delivery/operational-event.ts';

export interface Stopped {
  account: string;
  reason: StopReason;
  /** Records that are gone, as it seems. */
  lost: number;
  linked: number;
}

/** Tells subscribers that deletions at an account are not followed by themselves. The findings and metrics show it, too. */
export function tellStopped(tx: Database, stopped: Stopped, at: Date): Promise<void> {
  const event = { ...stopped, type: 'deletes.stopped', endpointId: null, at } as const;
  return publishOperationalEvents(tx, [{ ...event, toText: (id) => operationalEventText(id, event) }]);
}
