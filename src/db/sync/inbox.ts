import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { emptyFields } from '#domain/contact.ts';

export interface ArrivedEvent {
  provider: string;
  /** Unique per provider: a repeated id is stored once. Null when the provider sends none. */
  eventId: string | null;
  type: string;
  accountId: string;
  externalId: string;
  /** Ids that a merge at the vendor folded into `externalId`. */
  replaces?: string[];
  /** The version of the record that the event is about, where the provider counts versions upwards. */
  version?: string;
  /** How the sender was authenticated, such as `ed25519`. */
  scheme: string;
  /** The body as received, UTF-8. */
  payload: string;
  headers: Record<string, string>;
  occurredAt: Date | null;
  receivedAt: Date;
}

export interface AcceptedEvent {
  /** `echo`: the version that the event names was merged before, so that nothing has to be read. */
  outcome: 'stored' | 'duplicate' | 'echo';
  contactId: string;
  linkId: string;
  /** True if the link was clean before, so the workflow has to be signalled. */
  newlyDirty: boolean;
}

/** Stores an event, claims its link (an unknown record gets a contact) and marks the link dirty, in one round trip. */
export async function acceptEvent(db: Database, event: ArrivedEvent): Promise<AcceptedEvent> {
  const [accepted] = await acceptEvents(db, [event]);
  if (!accepted) throw new Error('accept_events returned no row');
  return accepted;
}

/** Accepts several events in one round trip and one commit: all or none. Results are in the order of the events. */
export async function acceptEvents(db: Database, events: readonly ArrivedEvent[]): Promise<AcceptedEvent[]> {
  const arrived = events
    .map((event, place) => ({ place, ...event, id: randomUUIDv7(), newContactId: randomUUIDv7(), newLinkId: randomUUIDv7() }))
    // One lock order in all processes prevents deadlocks on the links.
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

/** Stores the reason of refused requests, never their content. `count`: how many the first of them stands for. */
export async function recordRefusal(db: Database, refusal: Refusal & { count?: number }): Promise<void> {
  const { remoteAddress, ...rest } = refusal;
  await db
    .insertInto('ingress_refusal')
    .values({ id: randomUUIDv7(), remote_address: remoteAddress, ...rest })
    .execute();
}

/** Lists events without their bodies, the newest first. `before` is the id of the last row of the previous page. */
export function listInboxEvents(db: Database, { before, limit }: { before?: string | undefined; limit: number }) {
  const newest = db
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
      'is_echo',
      sql<string | null>`headers ->> 'traceparent'`.as('traceparent'),
    ])
    .orderBy('id', 'desc')
    .limit(limit);
  return (before === undefined ? newest : newest.where('id', '<', before)).execute();
}

/** Lists refused requests, the newest first. `before` is the id of the last row of the previous page. */
export function listRefusals(db: Database, { before, limit }: { before?: string | undefined; limit: number }) {
  const newest = db.selectFrom('ingress_refusal').selectAll().orderBy('id', 'desc').limit(limit);
  return (before === undefined ? newest : newest.where('id', '<', before)).execute();
}
