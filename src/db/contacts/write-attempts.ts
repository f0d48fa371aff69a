import { randomUUIDv7 } from 'node:crypto';
import type { Database } from '#db/database.ts';
import type { RecordPatch } from '#domain/contact.ts';

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
