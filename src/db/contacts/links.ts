import { randomUUIDv7 } from 'node:crypto';
import { type NotNull, type Selectable, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import pg from 'pg';
import type { Database } from '#db/database.ts';
import { emptyFields, type RecordPatch } from '#domain/contact.ts';
import type { SyncStatus } from '#domain/sync/plan.ts';
import type { LinkError, LinkTable } from './tables.ts';

export type Link = Selectable<LinkTable>;

/** A link with its unresolved write attempts, the oldest first. Each of them may have landed. */
export type OpenLink = Link & { attempts: OpenAttempt[] };

export interface OpenAttempt {
  id: string;
  operation: 'create' | 'update';
  patch: RecordPatch;
  cause: string;
  /** ISO 8601. */
  started_at: string;
}

/** Whether a record exists, or may be about to. A contact may have several live links in one account: see `linksAt`. */
export function isLive({ state }: Pick<Link, 'state'>): boolean {
  return state === 'intent' || state === 'linked';
}

/** Throws for an intent whose record does not exist yet. */
export function getExternalId({ id, external_id }: Pick<Link, 'id' | 'external_id'>): string {
  if (external_id === null) throw new Error(`Link ${id} has no record`);
  return external_id;
}

/** Throws when there is no such link. */
export function getLink(db: Database, id: string): Promise<Link> {
  return db.selectFrom('link').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

export function listLinksByIds(db: Database, ids: readonly string[]): Promise<Link[]> {
  return db.selectFrom('link').selectAll().where('id', 'in', ids).execute();
}

/** All links of a contact, tombstoned and detached ones included, the oldest first. */
export function listLinks(db: Database, contactId: string): Promise<Link[]> {
  return db.selectFrom('link').selectAll().where('contact_id', '=', contactId).orderBy('created_at').execute();
}

/** All links of a contact with their unresolved write attempts, in one round trip. The oldest link comes first. */
export function listOpenLinks(db: Database, contactId: string): Promise<OpenLink[]> {
  return listOpenLinksOfMany(db, [contactId]);
}

/** `listOpenLinks` of several contacts. */
export async function listOpenLinksOfMany(db: Database, contactIds: readonly string[]): Promise<OpenLink[]> {
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
    .where('contact_id', 'in', contactIds)
    .orderBy('created_at')
    .execute();
}

/** Locks all links of some contacts until the transaction ends. */
export async function lockLinks(db: Database, contactIds: readonly string[]): Promise<void> {
  await db.selectFrom('link').select('id').where('contact_id', 'in', contactIds).orderBy('id').forUpdate().execute();
}

/** A link to a record that exists. */
export type RecordLink = Link & { external_id: string };

/** The links of many records at once, for passes over pages of them. */
export function listLinksByExternalIds(
  db: Database,
  provider: string,
  accountId: string,
  externalIds: string[],
): Promise<RecordLink[]> {
  if (externalIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('link')
    .selectAll()
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('external_id', 'in', externalIds)
    .$narrowType<{ external_id: NotNull }>()
    .execute();
}

/** A link with the sync status of its contact. */
export type LinkWithStatus = Link & { sync_status: SyncStatus };

/** `listLinksByExternalIds` with statuses, for passes that also resume unfinished contacts. */
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

/** Returns the link of a provider's record. An unknown record gets a link and an empty contact. Safe in a race with a webhook. */
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

/** New values for a link's columns. A link never moves to another record or reference. */
export type LinkChange = Partial<Omit<Link, 'id' | 'provider' | 'account_id' | 'reference' | 'created_at'>>;

/** Stores the given columns and leaves the others alone. */
export async function saveLink(db: Database, id: string, change: LinkChange): Promise<void> {
  await updateLink(db, id, change).execute();
}

/** Unexecuted `saveLink`, for batching. */
export function updateLink(db: Database, id: string, change: LinkChange) {
  return db
    .updateTable('link')
    .set({
      ...change,
      intent_payload: toJson(change.intent_payload),
      shadow: toJson(change.shadow),
      echo_pairs: toJson(change.echo_pairs),
      last_error: toJson(change.last_error),
      recent: toJson(change.recent),
      held: toJson(change.held),
    })
    .where('id', '=', id);
}

/** Keeps undefined, which leaves a column alone, and null, which clears it. */
function toJson(value: object | undefined): string | undefined;
function toJson(value: object | null | undefined): string | null | undefined;
function toJson(value: object | null | undefined): string | null | undefined {
  return value ? JSON.stringify(value) : value;
}

/** Whether a write failed because another link holds the external id. */
export function isExternalIdTaken(error: unknown): boolean {
  const uniqueViolation = '23505';
  return error instanceof pg.DatabaseError && error.code === uniqueViolation && error.constraint === 'link_external_id';
}

/** Finds a link by the reference that traveled with its create. */
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

/** Stores the error that people see. The state of the link stays. */
export async function saveLinkError(db: Database, linkId: string, error: LinkError): Promise<void> {
  await db
    .updateTable('link')
    .set({ last_error: JSON.stringify(error) })
    .where('id', '=', linkId)
    .execute();
}
