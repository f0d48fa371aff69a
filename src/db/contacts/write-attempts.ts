import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ProviderValues, RecordPatch } from '#domain/contact.ts';

/** Records a write before it is sent, and returns the id of the attempt. An unresolved attempt may have landed. */
export async function openAttempt(
  db: Database,
  attempt: { linkId: string; operation: 'create' | 'update'; patch: RecordPatch; baseVersion: string | null; cause: string },
  startedAt: Date,
): Promise<string> {
  const id = randomUUIDv7();
  await db
    .insertInto('write_attempt')
    .values({
      id,
      link_id: attempt.linkId,
      operation: attempt.operation,
      patch: JSON.stringify(attempt.patch),
      base_version: attempt.baseVersion,
      cause: attempt.cause,
      started_at: startedAt,
    })
    .execute();
  return id;
}

/**
 * Records a create before it is sent, and stores the payload of its intent unless that is null. Returns null when the intent has ended: its
 * contact has got a record. The lock on the link keeps it so until the attempt is stored.
 */
export async function openAttemptOfIntent(
  db: Database,
  attempt: { linkId: string; patch: RecordPatch; baseVersion: string | null; cause: string },
  { payload, startedAt }: { payload: ProviderValues | null; startedAt: Date },
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    with intent as (
      update link set intent_payload = coalesce(${payload === null ? null : JSON.stringify(payload)}::jsonb, intent_payload)
      where id = ${attempt.linkId} and state = 'intent'
      returning id
    )
    insert into write_attempt (id, link_id, operation, patch, base_version, cause, started_at)
    select ${randomUUIDv7()}, id, 'create', ${JSON.stringify(attempt.patch)}, ${attempt.baseVersion}, ${attempt.cause}, ${startedAt}
    from intent
    returning id`.execute(db);
  return rows[0]?.id ?? null;
}

export type WriteOutcome = 'landed' | 'refused' | 'superseded';

/** Sets the outcome of attempts. Those resolved before keep their first outcome. */
export async function resolveAttempts(db: Database, attemptIds: readonly string[], outcome: WriteOutcome): Promise<void> {
  if (attemptIds.length > 0) await updateAttempts(db, attemptIds, outcome).execute();
}

/** Unexecuted `resolveAttempts`, for batching. `attemptIds` must not be empty. */
export function updateAttempts(db: Database, attemptIds: readonly string[], outcome: WriteOutcome) {
  return db
    .updateTable('write_attempt')
    .set({ outcome, resolved_at: new Date() })
    .where('id', 'in', attemptIds)
    .where('resolved_at', 'is', null);
}
