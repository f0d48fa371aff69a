import { randomUUIDv7 } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { emptyFields, type ProviderValues } from '../domain/contact.ts';
import type { EchoPairs } from '../domain/patch.ts';
import type { Database } from './database.ts';
import type { LinkError, LinkState, LinkTable } from './tables.ts';

export type Link = Selectable<LinkTable>;

export function findLink(db: Database, id: string): Promise<Link | undefined> {
  return db.selectFrom('link').selectAll().where('id', '=', id).executeTakeFirst();
}

export function getLink(db: Database, id: string): Promise<Link> {
  return db.selectFrom('link').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

export function listLinks(db: Database, contactId: string): Promise<Link[]> {
  return db.selectFrom('link').selectAll().where('contact_id', '=', contactId).orderBy('created_at').execute();
}

/** The links of many contacts at once, for passes over pages of them. */
export function listLinksByExternalIds(
  db: Database,
  provider: string,
  accountId: string,
  externalIds: string[],
): Promise<Link[]> {
  if (externalIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('link')
    .selectAll()
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('external_id', 'in', externalIds)
    .execute();
}

/** The link of a provider's record; a record that nobody knew gets a contact of its own. Safe against a race with a webhook. */
export async function claimLink(
  db: Database,
  { provider, accountId, externalId }: { provider: string; accountId: string; externalId: string },
): Promise<Link> {
  const { rows } = await sql<Link>`
    select * from claim_link(${provider}, ${accountId}, ${externalId}, ${randomUUIDv7()}, ${randomUUIDv7()},
                             ${JSON.stringify(emptyFields)})`.execute(db);
  const [link] = rows;
  if (!link) throw new Error('claim_link returned no row');
  return link;
}

/** Opens the intent to create a record, before anything is sent. */
export async function insertIntent(
  db: Database,
  intent: { contactId: string; provider: string; accountId: string; generation: number; payload: ProviderValues },
): Promise<Link> {
  const id = randomUUIDv7();
  return db
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
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Whether nobody else is creating a record with one of these phone numbers there right now. Call it in the transaction that
 * takes the lease: until it ends, everybody else who asks for one of the numbers waits.
 */
export async function claimKeys(db: Database, link: Link, phones: string[]): Promise<boolean> {
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

/** What a create is about to send, when that is no longer what the intent said at first. */
export async function saveIntentPayload(db: Database, linkId: string, payload: ProviderValues): Promise<void> {
  await db
    .updateTable('link')
    .set({ intent_payload: JSON.stringify(payload) })
    .where('id', '=', linkId)
    .execute();
}

/**
 * Lets one writer at a time near a record: an activity that timed out may still be running somewhere. False when another holds it.
 * The lease ends by itself, so that a killed worker blocks nobody for long.
 */
export async function takeLease(db: Database, linkId: string, owner: string, seconds: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('link')
    .set({ lease_owner: owner, lease_until: sql<Date>`now() + make_interval(secs => ${seconds})` })
    .where('id', '=', linkId)
    .where(({ or, eb }) =>
      or([eb('lease_until', 'is', null), eb('lease_until', '<', sql<Date>`now()`), eb('lease_owner', '=', owner)]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function releaseLease(db: Database, linkId: string, owner: string): Promise<void> {
  await db
    .updateTable('link')
    .set({ lease_owner: null, lease_until: null })
    .where('id', '=', linkId)
    .where('lease_owner', '=', owner)
    .execute();
}

/** What a read or a write taught us of the record. Any error of before is over. */
export interface KnownNow {
  state: LinkState;
  externalId?: string;
  shadow: ProviderValues | null;
  echoPairs?: EchoPairs;
  version: string | null;
  remoteUpdatedAt: string | null;
  learnedBy: 'observing' | 'pushing';
}

export async function saveKnown(db: Database, linkId: string, known: KnownNow): Promise<void> {
  await db
    .updateTable('link')
    .set({
      state: known.state,
      ...(known.externalId === undefined ? {} : { external_id: known.externalId, intent_payload: null }),
      shadow: known.shadow === null ? null : JSON.stringify(known.shadow),
      ...(known.echoPairs === undefined ? {} : { echo_pairs: JSON.stringify(known.echoPairs) }),
      version: known.version,
      remote_updated_at: known.remoteUpdatedAt,
      last_error: null,
      ...(known.learnedBy === 'observing' ? { observed_at: new Date() } : { pushed_at: new Date() }),
    })
    .where('id', '=', linkId)
    .execute();
}

export async function saveLinkError(db: Database, linkId: string, error: LinkError): Promise<void> {
  await db
    .updateTable('link')
    .set({ last_error: JSON.stringify(error) })
    .where('id', '=', linkId)
    .execute();
}
