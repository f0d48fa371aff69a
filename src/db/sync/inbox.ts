import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { emptyFields } from '#domain/contact.ts';

export interface ArrivedEvent {
  provider: string;
  /** Unique per provider, or null; a repeated id is stored once. */
  eventId: string | null;
  type: string;
  accountId: string;
  externalId: string;
  /** Ids that a merge at the vendor has folded into `externalId`. */
  replaces?: string[];
  /** How it proved itself, such as `ed25519`. */
  scheme: string;
  /** The body as it came, UTF-8. */
  payload: string;
  headers: Record<string, string>;
  occurredAt: Date | null;
  receivedAt: Date;
}

export interface AcceptedEvent {
  outcome: 'stored' | 'duplicate';
  contactId: string;
  linkId: string;
  /** True when nobody has told the workflow yet that this record changed. */
  newlyDirty: boolean;
}

/** Stores an event, claims its link (a new record gets its contact) and marks the link dirty, in one round trip. */
export async function acceptEvent(db: Database, event: ArrivedEvent): Promise<AcceptedEvent> {
  const [accepted] = await acceptEvents(db, [event]);
  if (!accepted) throw new Error('accept_events returned no row');
  return accepted;
}

/** Several in one round trip and one commit: all or none. The answers are in the order of the events. */
export async function acceptEvents(db: Database, events: readonly ArrivedEvent[]): Promise<AcceptedEvent[]> {
  const arrived = events
    .map((event, place) => ({ place, ...event, id: randomUUIDv7(), newContactId: randomUUIDv7(), newLinkId: randomUUIDv7() }))
    // In one order everywhere, so that two processes do not wait for each other's links.
    .sort((one, other) => (one.externalId < other.externalId ? -1 : 1));
  const { rows } = await sql<AcceptedEvent & { place: number }>`
    select place, outcome, contact_id as "contactId", link_id as "linkId", newly_dirty as "newlyDirty"
    from accept_events(${JSON.stringify(arrived)}, ${JSON.stringify(emptyFields)})`.execute(db);
  return rows.sort((one, other) => one.place - other.place).map(({ place: _, ...accepted }) => accepted);
}

export interface Refusal {
  route: string;
  status: number;
  code: string;
  reason: string;
  remoteAddress: string | null;
}

/** Keeps why a request was turned away, never what it carried. */
export async function recordRefusal(db: Database, refusal: Refusal): Promise<void> {
  const { remoteAddress, ...rest } = refusal;
  await db
    .insertInto('ingress_refusal')
    .values({ id: randomUUIDv7(), remote_address: remoteAddress, ...rest })
    .execute();
}

/** The newest events first, without their bodies. `before` is the id of the last row of the previous page. */
export function listInboxEvents(db: Database, { before, limit }: { before?: string | undefined; limit: number }) {
  return db
    .selectFrom('inbox_event')
    .select([
      'id',
      'provider',
      'event_id',
      'type',
      'account_id',
      'external_id',
      'link_id',
      'scheme',
      'occurred_at',
      'received_at',
    ])
    .$if(before !== undefined, (query) => query.where('id', '<', before as string))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

export function listRefusals(db: Database, { before, limit }: { before?: string | undefined; limit: number }) {
  return db
    .selectFrom('ingress_refusal')
    .selectAll()
    .$if(before !== undefined, (query) => query.where('id', '<', before as string))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
