import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { leaseEnd } from './leases.ts';
import type { Link, OpenLink } from './links.ts';

/** Stores the intent to create a record, before the create is sent. With `lease`, the caller holds the lease from the start. */
export async function insertIntent(
  db: Database,
  intent: {
    contactId: string;
    provider: string;
    accountId: string;
    generation: number;
    payload: ProviderValues;
    /** By the clock that also dates deletions at vendors: see `requestMissedDeletes`. */
    createdAt: Date;
    lease?: { owner: string; seconds: number };
  },
): Promise<OpenLink> {
  const id = randomUUIDv7();
  const link = await db
    .insertInto('link')
    .values({
      id,
      contact_id: intent.contactId,
      provider: intent.provider,
      account_id: intent.accountId,
      state: 'intent',
      reference: id,
      generation: intent.generation,
      intent_payload: JSON.stringify(intent.payload),
      origin: 'accord',
      created_at: intent.createdAt,
      ...(intent.lease && { lease_owner: intent.lease.owner, lease_until: leaseEnd(intent.lease.seconds) }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { ...link, attempts: [] };
}

/**
 * Returns false if another create with one of these phone numbers is in flight in the link's account. Call it in the transaction that
 * takes the lease: an advisory lock on each number makes concurrent callers wait for its end.
 */
export async function claimPhonesForCreate(db: Database, link: Link, phones: string[]): Promise<boolean> {
  for (const phone of phones.toSorted()) {
    const key = `${link.provider}/${link.account_id}/${phone}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(db);
    const other = await db
      .selectFrom('link')
      .select('id')
      .where('provider', '=', link.provider)
      .where('account_id', '=', link.account_id)
      .where('state', '=', 'intent')
      .where('id', '!=', link.id)
      .where('lease_until', '>', sql<Date>`now()`)
      .where(sql<boolean>`intent_payload -> 'phones' @> ${JSON.stringify([{ e164: phone }])}::jsonb`)
      .executeTakeFirst();
    if (other) return false;
  }
  return true;
}

/** Intents with a live lease: their creates are in flight. */
export function listCreatesInFlight(db: Database, provider: string, accountId: string): Promise<Link[]> {
  return db
    .selectFrom('link')
    .selectAll()
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('state', '=', 'intent')
    .where('lease_until', '>', sql<Date>`now()`)
    .execute();
}
