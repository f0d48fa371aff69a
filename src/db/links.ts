import { randomUUIDv7 } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { emptyFields, type ProviderValues, type RecordPatch } from '../domain/contact.ts';
import type { Database } from './database.ts';
import type { LinkError, LinkTable, SyncStatus } from './tables.ts';

export type Link = Selectable<LinkTable>;

/** A link with the writes to its record of which nobody knows whether they landed, the oldest first. */
export type OpenLink = Link & { attempts: OpenAttempt[] };

export interface OpenAttempt {
  id: string;
  operation: 'create' | 'update';
  patch: RecordPatch;
  cause: string;
  /** ISO 8601. */
  started_at: string;
}

export function findLink(db: Database, id: string): Promise<Link | undefined> {
  return db.selectFrom('link').selectAll().where('id', '=', id).executeTakeFirst();
}

export function getLink(db: Database, id: string): Promise<Link> {
  return db.selectFrom('link').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

export function listLinks(db: Database, contactId: string): Promise<Link[]> {
  return db.selectFrom('link').selectAll().where('contact_id', '=', contactId).orderBy('created_at').execute();
}

export function listOpenLinks(db: Database, contactId: string): Promise<OpenLink[]> {
  return db
    .selectFrom('link')
    .selectAll()
    .select(({ selectFrom }) =>
      jsonArrayFrom(
        selectFrom('write_attempt as attempt')
          .select(['attempt.id', 'attempt.operation', 'attempt.patch', 'attempt.cause', 'attempt.started_at'])
          .whereRef('attempt.link_id', '=', 'link.id')
          .where('attempt.resolved_at', 'is', null)
          .orderBy('attempt.id'),
      ).as('attempts'),
    )
    .where('contact_id', '=', contactId)
    .orderBy('created_at')
    .execute() as unknown as Promise<OpenLink[]>;
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

/** A link, and where its contact stands. */
export type LinkWithStatus = Link & { sync_status: SyncStatus };

/** As `listLinksByExternalIds`, for passes that look after unfinished contacts too. */
export function listLinksWithStatus(
  db: Database,
  provider: string,
  accountId: string,
  externalIds: string[],
): Promise<LinkWithStatus[]> {
  if (externalIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('link')
    .innerJoin('contact', 'contact.id', 'link.contact_id')
    .selectAll('link')
    .select('contact.sync_status')
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

/** Opens the intent to create a record, before anything is sent; with a lease on it, if one is given. */
export async function insertIntent(
  db: Database,
  intent: {
    contactId: string;
    provider: string;
    accountId: string;
    generation: number;
    payload: ProviderValues;
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
      ...(intent.lease && { lease_owner: intent.lease.owner, lease_until: until(intent.lease.seconds) }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { ...link, attempts: [] };
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
    .set({ lease_owner: owner, lease_until: until(seconds) })
    .where('id', '=', linkId)
    .where(({ or, eb }) =>
      or([eb('lease_until', 'is', null), eb('lease_until', '<', sql<Date>`now()`), eb('lease_owner', '=', owner)]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function until(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}

export async function releaseLease(db: Database, linkId: string, owner: string): Promise<void> {
  await db
    .updateTable('link')
    .set({ lease_owner: null, lease_until: null })
    .where('id', '=', linkId)
    .where('lease_owner', '=', owner)
    .execute();
}

/** What may change in a link, as its row has it. */
export type LinkChange = Partial<Omit<Link, 'id' | 'provider' | 'account_id' | 'reference' | 'created_at'>>;

const jsonColumns = ['intent_payload', 'shadow', 'echo_pairs', 'last_error', 'recent', 'held'] as const;

export async function saveLink(db: Database, id: string, change: LinkChange): Promise<void> {
  const json = jsonColumns.filter((column) => column in change && change[column] !== null);
  const row = { ...change, ...Object.fromEntries(json.map((column) => [column, JSON.stringify(change[column])])) };
  await db
    .updateTable('link')
    .set(row as never)
    .where('id', '=', id)
    .execute();
}

/** Lets an id that a merge replaced lead to the link that stands for it now. */
export async function insertAlias(db: Database, link: Link, externalId: string): Promise<void> {
  const { provider, account_id, id: link_id } = link;
  await db
    .insertInto('link_alias')
    .values({ provider, account_id, external_id: externalId, link_id })
    .onConflict((conflict) => conflict.columns(['provider', 'account_id', 'external_id']).doUpdateSet({ link_id }))
    .execute();
}

/** Lets all that led to a link that was merged away lead to its successor. */
export async function moveAliases(db: Database, fromLinkIds: readonly string[], toLinkId: string): Promise<void> {
  if (fromLinkIds.length === 0) return;
  await db.updateTable('link_alias').set({ link_id: toLinkId }).where('link_id', 'in', fromLinkIds).execute();
}

/** The link that carries a reference of ours. */
export function findLinkByReference(
  db: Database,
  provider: string,
  accountId: string,
  reference: string,
): Promise<Link | undefined> {
  return db
    .selectFrom('link')
    .selectAll()
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('reference', '=', reference)
    .executeTakeFirst();
}

/** Creates that are under way at a provider just now. */
export function listCreating(db: Database, provider: string, accountId: string): Promise<Link[]> {
  return db
    .selectFrom('link')
    .selectAll()
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('state', '=', 'intent')
    .where('lease_until', '>', sql<Date>`now()`)
    .execute();
}

export async function saveLinkError(db: Database, linkId: string, error: LinkError): Promise<void> {
  await db
    .updateTable('link')
    .set({ last_error: JSON.stringify(error) })
    .where('id', '=', linkId)
    .execute();
}
