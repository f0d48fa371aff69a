import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** A value that an erased person is recognised by. `record`: `<account>/<vendor's account id>/<record id>`. */
export interface ErasedKey {
  kind: 'email' | 'phone' | 'record';
  value: string;
}

/** The hash that is stored in place of a value. Without the secret nobody can tell whose it is, not even by trying all phone numbers. */
export function hashKey(secret: Buffer, { kind, value }: ErasedKey): Buffer {
  return createHmac('sha256', secret).update(`${kind}/${value}`).digest();
}

export async function insertErasedKeys(tx: Database, erasureId: string, hashes: readonly Buffer[]): Promise<void> {
  if (hashes.length === 0) return;
  await tx
    .insertInto('erased_key')
    .values(hashes.map((hash) => ({ hash, erasure_id: erasureId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * The erasures that have one of the hashes of a contact's first record; null for a contact whose first record was read before. One
 * statement: nearly every new record belongs to nobody who was erased.
 */
export async function findErasuresOfNew(db: Database, contactId: string, hashes: readonly Buffer[]): Promise<string[] | null> {
  const { rows } = await sql<{ erasureIds: string[] }>`
    select array(select distinct erasure_id from erased_key where hash = any(${hashes}::bytea[])) as "erasureIds"
    from contact where id = ${contactId} and revision = 0`.execute(db);
  return rows[0]?.erasureIds ?? null;
}

/** Which of the hashes an erasure has, in hex. */
export async function listErased(db: Database, hashes: readonly Buffer[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  const rows = await db.selectFrom('erased_key').select('hash').where('hash', 'in', hashes).execute();
  return new Set(rows.map(({ hash }) => hash.toString('hex')));
}

/** Counts that a record or a submission of an erased person was kept out. */
export async function countBlocked(tx: Database, erasureIds: readonly string[], at: Date): Promise<void> {
  await tx.updateTable('erasure').set({ blocked: sql`blocked + 1`, last_blocked_at: at }).where('id', 'in', erasureIds).execute();
}

export interface Lifting {
  erasureIds: readonly string[];
  by: string;
  reason: string | null;
  at: Date;
}

/** Lets people return: nothing keeps them out any more. */
export async function liftErasures(tx: Database, { erasureIds, by, reason, at }: Lifting): Promise<void> {
  if (erasureIds.length === 0) return;
  await tx.deleteFrom('erased_key').where('erasure_id', 'in', erasureIds).execute();
  await tx
    .updateTable('erasure')
    .set({ lifted_at: at, lifted_by: by, lift_reason: reason })
    .where('id', 'in', erasureIds)
    .where('lifted_at', 'is', null)
    .execute();
}
