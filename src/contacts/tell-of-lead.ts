import type { Database } from '#db/database.ts';
import { publishLeadEvent, withdrawEvent } from '#db/delivery/outbox-events.ts';
import { type LeadChange, leadEvent } from '#domain/delivery/lead-event.ts';

interface Told {
  before: LeadChange['before'];
  merged: readonly string[];
  eventId: string | null;
}

/** What each transaction that is under way has told, by contact; it goes when the transaction does. */
const toldIn = new WeakMap<Database, Map<string, Told>>();

/**
 * Tells subscribers how a contact changed, in the transaction that changes it. One transaction may save a contact several times, as
 * a merge does: to the world that is one change.
 */
export async function tellOfLead(tx: Database, change: LeadChange): Promise<void> {
  const told = toldIn.get(tx) ?? new Map<string, Told>();
  toldIn.set(tx, told);
  const earlier = told.get(change.contactId);
  const before = earlier?.before ?? change.before;
  const merged = [...(earlier?.merged ?? []), ...(change.merged ?? [])];
  if (earlier?.eventId) await withdrawEvent(tx, earlier.eventId);
  const event = leadEvent({ ...change, before, merged });
  told.set(change.contactId, { before, merged, eventId: event && (await publishLeadEvent(tx, event)) });
}
