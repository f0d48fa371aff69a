import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { liveAt } from '#db/sync/account-modes.ts';
import { type ContactFields, emptyFields, type Provenance } from '#domain/contact.ts';
import type { RefusalChannel } from '#domain/refusal.ts';
import type { SyncStatus } from '#domain/sync/plan.ts';

export interface StoredContact {
  id: string;
  fields: ContactFields;
  provenance: Provenance;
  revision: number;
  isCustomer: boolean;
  isDeleted: boolean;
  syncStatus: SyncStatus;
  /** Channels that another contact refused for a phone number or an address of this one, when it was saved last. */
  heldRefusals: RefusalChannel[];
  /** The values that identify the person changed since the contact was last compared with others. */
  isReviewDue: boolean;
  /** The survivor, if this contact was merged into another one. */
  mergedInto: string | null;
  /** The accounts that may be written to for this contact, by provider id. */
  liveAt: string[];
  /** The erasure of the contact, from its begin on: the contact has no values, and nothing is written for it. */
  erasureId: string | null;
}

/** Returns null when there is no such contact. A merged contact is returned as it was. */
export async function findContact(db: Database, id: string): Promise<StoredContact | null> {
  const row = await selectContact(db, id).executeTakeFirst();
  return row ? toStoredContact(row) : null;
}

/** Throws when there is no such contact. */
export async function getContact(db: Database, id: string): Promise<StoredContact> {
  return toStoredContact(await selectContact(db, id).executeTakeFirstOrThrow());
}

/** The next contacts after an id, in the order of their ids, without merged, deleted and unread ones. */
export async function listContacts(
  db: Database,
  { after, limit }: { after: string | null; limit: number },
): Promise<StoredContact[]> {
  const rows = await db
    .selectFrom('contact')
    .selectAll('contact')
    .select(liveAt.as('live_at'))
    .where('merged_into', 'is', null)
    .where('deleted_at', 'is', null)
    .where('revision', '>', 0)
    .$if(after !== null, (query) => query.where('contact.id', '>', after))
    .orderBy('contact.id')
    .limit(limit)
    .execute();
  return rows.map(toStoredContact);
}

/** The contacts with these ids, in no order, without merged, deleted and unread ones. */
export async function listContactsById(db: Database, ids: readonly string[]): Promise<StoredContact[]> {
  const rows = await db
    .selectFrom('contact')
    .selectAll('contact')
    .select(liveAt.as('live_at'))
    .where(sql<boolean>`contact.id = any(${ids}::uuid[])`)
    .where('merged_into', 'is', null)
    .where('deleted_at', 'is', null)
    .where('revision', '>', 0)
    .execute();
  return rows.map(toStoredContact);
}

function selectContact(db: Database, id: string) {
  return db.selectFrom('contact').selectAll('contact').select(liveAt.as('live_at')).where('contact.id', '=', id);
}

/** The next contacts after an id, in the order of their ids, without merged and deleted ones. */
export async function listContactIds(db: Database, { after, limit }: { after: string | null; limit: number }): Promise<string[]> {
  const rows = await db
    .selectFrom('contact')
    .select('id')
    .where('merged_into', 'is', null)
    .where('deleted_at', 'is', null)
    .$if(after !== null, (query) => query.where('id', '>', after))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** The contact's number of accepted changes; 0 until its first record was read. Null when there is no such contact. */
export async function findRevision(db: Database, id: string): Promise<number | null> {
  const row = await db.selectFrom('contact').select('revision').where('id', '=', id).executeTakeFirst();
  return row?.revision ?? null;
}

/** There is no such contact. Temporal knows contacts that a database lacks after a restore from a backup. */
export class NoContactError extends Error {}

/**
 * Returns the contact, or the survivor that it was merged into. Its row stays locked until the transaction ends, so merges and write
 * plans of one contact run one at a time. Throws a `NoContactError`.
 */
export async function lockContact(db: Database, id: string): Promise<StoredContact> {
  const row = await selectContact(db, id).forUpdate().executeTakeFirst();
  if (!row) throw new NoContactError(`There is no contact ${id}`);
  return row.merged_into === null ? toStoredContact(row) : lockContact(db, row.merged_into);
}

/** `lockContact` for several contacts, in one order everywhere, so that two transactions do not deadlock. */
export async function lockContacts(db: Database, ids: readonly string[]): Promise<void> {
  for (const id of ids.toSorted()) await lockContact(db, id);
}

/** The contact of a provider's record, in whichever account it is. */
export async function findContactIdByExternalId(db: Database, provider: string, externalId: string): Promise<string | null> {
  const row = await db
    .selectFrom('link')
    .select('contact_id')
    .where('provider', '=', provider)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  return row?.contact_id ?? null;
}

type SavedValues = Pick<StoredContact, 'fields' | 'provenance' | 'isCustomer' | 'isDeleted' | 'heldRefusals' | 'syncStatus'>;

/** Unexecuted, for batching. The contact's revision grows by one. */
export function updateContact(db: Database, id: string, values: SavedValues) {
  return db
    .updateTable('contact')
    .set({
      fields: JSON.stringify(values.fields),
      provenance: JSON.stringify(values.provenance),
      revision: sql`revision + 1`,
      is_customer: values.isCustomer,
      held_refusals: values.heldRefusals,
      deleted_at: values.isDeleted ? sql`coalesce(deleted_at, now())` : null,
      sync_status: values.syncStatus,
      updated_at: new Date(),
    })
    .where('id', '=', id);
}

/** Stores a contact's status. A status counts as no change: the revision stays. */
export async function setSyncStatus(db: Database, id: string, status: SyncStatus): Promise<void> {
  await updateSyncStatus(db, id, status).execute();
}

/** Unexecuted `setSyncStatus`, for batching. */
export function updateSyncStatus(db: Database, id: string, status: SyncStatus) {
  return db.updateTable('contact').set({ sync_status: status }).where('id', '=', id).where('sync_status', '!=', status);
}

/** Marks a contact as merged. Its row stays and points to the survivor, and so do the contacts merged into it earlier. */
export async function setMergedInto(db: Database, id: string, survivorId: string): Promise<void> {
  await db.updateTable('contact').set({ merged_into: survivorId, updated_at: new Date() }).where('id', '=', id).execute();
  await db.updateTable('contact').set({ merged_into: survivorId }).where('merged_into', '=', id).execute();
}

/** Ends the merge of a contact. Those of `absorbed`, which were merged into it before, follow. */
export async function releaseMerged(
  db: Database,
  { id, survivorId, absorbed }: { id: string; survivorId: string; absorbed: readonly string[] },
): Promise<void> {
  await db.updateTable('contact').set({ merged_into: null, updated_at: new Date() }).where('id', '=', id).execute();
  if (absorbed.length === 0) return;
  const follow = db.updateTable('contact').set({ merged_into: id }).where('merged_into', '=', survivorId);
  await follow.where('id', 'in', absorbed).execute();
}

/** Adds a contact without values, and returns its id. */
export async function insertContact(db: Database): Promise<string> {
  const id = randomUUIDv7();
  await db
    .insertInto('contact')
    .values({ id, fields: JSON.stringify(emptyFields) })
    .execute();
  return id;
}

type ContactRow = {
  id: string;
  fields: Partial<ContactFields>;
  provenance: Provenance;
  revision: number;
  is_customer: boolean;
  held_refusals: RefusalChannel[];
  deleted_at: Date | null;
  merged_into: string | null;
  is_review_due: boolean;
  sync_status: SyncStatus;
  live_at: string[];
  erasure_id: string | null;
};

function toStoredContact(row: ContactRow): StoredContact {
  return {
    id: row.id,
    fields: { ...emptyFields, ...row.fields },
    provenance: row.provenance,
    revision: row.revision,
    isCustomer: row.is_customer,
    heldRefusals: row.held_refusals,
    isDeleted: row.deleted_at !== null,
    syncStatus: row.sync_status,
    isReviewDue: row.is_review_due,
    mergedInto: row.merged_into,
    liveAt: row.live_at,
    erasureId: row.erasure_id,
  };
}
