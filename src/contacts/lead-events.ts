import type { Database } from '#db/database.ts';
import { publishLeadEvent, withdrawEvent } from '#db/delivery/outbox-events.ts';
import { type LeadChange, leadEvent } from '#domain/delivery/lead-event.ts';

interface Published {
  before: LeadChange['before'];
  merged: readonly string[];
  splitFrom: string | null;
  /** Null when no endpoint subscribes to the event. */
  eventId: string | null;
}

/**
 * The lead events of one transaction. A transaction may save one contact several times, as a merge does; subscribers then receive
 * one event, from the contact's state before the transaction to its state after it.
 */
export class LeadEvents {
  readonly #tx: Database;
  readonly #published = new Map<string, Published>();

  constructor(tx: Database) {
    this.#tx = tx;
  }

  /** Publishes a change of a contact, in place of the event that this transaction published for the contact before. */
  async publish(change: LeadChange): Promise<void> {
    const earlier = this.#published.get(change.contactId);
    const before = earlier?.before ?? change.before;
    const merged = [...(earlier?.merged ?? []), ...(change.merged ?? [])];
    if (earlier?.eventId) await withdrawEvent(this.#tx, earlier.eventId);
    const splitFrom = change.splitFrom ?? earlier?.splitFrom ?? null;
    const event = leadEvent({ ...change, before, merged, splitFrom });
    const eventId = event && (await publishLeadEvent(this.#tx, event));
    this.#published.set(change.contactId, { before, merged, splitFrom, eventId });
  }
}
