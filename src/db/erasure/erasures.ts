import { randomUUIDv7 } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ErasureRecordTable, ErasureTable } from './tables.ts';

export type Erasure = Selectable<ErasureTable>;
export type ErasureRecord = Selectable<ErasureRecordTable>;

export interface NewErasure {
  contactId: string;
  mergedIds: string[];
  endpointIds: string[];
  reason: string;
  actor: string;
  at: Date;
}

export async function insertErasure(tx: Database, erasure: NewErasure): Promise<string> {
  const id = randomUUIDv7();
  const { contactId, mergedIds, endpointIds, reason, actor, at } = erasure;
  await tx
    .insertInto('erasure')
    .values({
      ...{ id, contact_id: contactId, merged_ids: mergedIds, endpoint_ids: endpointIds, reason, actor, requested_at: at },
    })
    .execute();
  return id;
}

/** From now on nothing is read into these contacts, and nothing is written for them. */
export async function markErased(tx: Database, contactIds: readonly string[], erasureId: string): Promise<void> {
  await tx.updateTable('contact').set({ erasure_id: erasureId }).where('id', 'in', contactIds).execute();
}

/** Adds the links of records that must be deleted. Those that are known stay as they are. */
export async function addErasureRecords(
  tx: Database,
  erasureId: string,
  links: readonly { id: string; provider: string }[],
): Promise<void> {
  if (links.length === 0) return;
  await tx
    .insertInto('erasure_record')
    .values(links.map(({ id, provider }) => ({ erasure_id: erasureId, link_id: id, provider })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Adds to the numbers of deleted rows. */
export async function addRemoved(tx: Database, id: string, removed: Record<string, number>): Promise<void> {
  const { removed: before } = await getErasure(tx, id);
  const sum = { ...before };
  for (const [table, count] of Object.entries(removed)) sum[table] = (sum[table] ?? 0) + count;
  await tx
    .updateTable('erasure')
    .set({ removed: JSON.stringify(sum) })
    .where('id', '=', id)
    .execute();
}

export async function completeErasure(tx: Database, id: string, { exportFiles, at }: { exportFiles: string[]; at: Date }) {
  await tx
    .updateTable('erasure')
    .set({ state: 'completed', completed_at: at, export_files: exportFiles })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
}

export function findErasure(db: Database, id: string): Promise<Erasure | undefined> {
  return db.selectFrom('erasure').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Throws when there is no such erasure. */
export function getErasure(db: Database, id: string): Promise<Erasure> {
  return db.selectFrom('erasure').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** A page of erasures, the newest first. `cursor`: the last id of the previous page. */
export function listErasures(
  db: Database,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Erasure[]> {
  const page = db.selectFrom('erasure').selectAll().orderBy('id', 'desc').limit(limit);
  return (cursor === undefined ? page : page.where('id', '<', cursor)).execute();
}

/** The records of some erasures, by account. */
export function listErasureRecords(db: Database, ids: readonly string[]): Promise<ErasureRecord[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('erasure_record')
    .selectAll()
    .where('erasure_id', 'in', ids)
    .orderBy('provider')
    .orderBy('link_id')
    .execute();
}

/** The records of an erasure that are not proved to be gone. */
export function listOpenRecords(db: Database, id: string): Promise<ErasureRecord[]> {
  return db
    .selectFrom('erasure_record')
    .selectAll()
    .where('erasure_id', '=', id)
    .where('state', '!=', 'verified')
    .orderBy('link_id')
    .execute();
}

interface RecordKey {
  erasureId: string;
  linkId: string;
}

export type RecordProof = Partial<
  Pick<ErasureRecord, 'state' | 'called_at' | 'answer' | 'verified_at' | 'verified_status' | 'trace_id'>
>;

/** Stores a vendor's answer. */
export async function saveProof(db: Database, { erasureId, linkId }: RecordKey, proof: RecordProof): Promise<void> {
  await db
    .updateTable('erasure_record')
    .set({ ...proof, error: null, error_at: null })
    .where('erasure_id', '=', erasureId)
    .where('link_id', '=', linkId)
    .execute();
}

/** Stores why records of an account are still open, and counts the attempt. */
export async function saveOpen(
  db: Database,
  { erasureId, provider, linkId }: { erasureId: string; provider: string; linkId?: string },
  { error, at }: { error: string; at: Date },
): Promise<void> {
  await db
    .updateTable('erasure_record')
    .set({ error, error_at: at, attempts: sql`attempts + 1` })
    .where('erasure_id', '=', erasureId)
    .where('provider', '=', provider)
    .where('state', '!=', 'verified')
    .$if(linkId !== undefined, (query) => query.where('link_id', '=', linkId ?? ''))
    .execute();
}

/** Erasures whose workflow has yet to be started: Temporal was down, or the api died. */
export async function listUnstarted(db: Database, { before, limit }: { before: Date; limit: number }): Promise<string[]> {
  const rows = await db
    .selectFrom('erasure')
    .select('id')
    .where('state', '=', 'running')
    .where('started_at', 'is', null)
    .where('requested_at', '<=', before)
    .orderBy('requested_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function markStarted(db: Database, id: string, at: Date): Promise<void> {
  await db.updateTable('erasure').set({ started_at: at }).where('id', '=', id).where('started_at', 'is', null).execute();
}
