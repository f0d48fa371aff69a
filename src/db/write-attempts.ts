import { randomUUIDv7 } from 'node:crypto';
import type { RecordPatch } from '../domain/contact.ts';
import type { Database } from './database.ts';

/** Keeps that a write is about to be sent. An attempt that is never resolved may have landed. */
export async function openAttempt(
  db: Database,
  attempt: { linkId: string; operation: 'create' | 'update'; patch: RecordPatch; baseVersion: string | null; cause: string },
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
    })
    .execute();
  return id;
}

/** `landed` also settles the older attempts of the link whose outcome was unknown: the record was read again since. */
export async function resolveAttempts(db: Database, linkId: string, outcome: 'landed' | 'superseded'): Promise<void> {
  await db
    .updateTable('write_attempt')
    .set({ outcome, resolved_at: new Date() })
    .where('link_id', '=', linkId)
    .where('resolved_at', 'is', null)
    .execute();
}

/** The provider said no: this attempt did not land. */
export async function refuseAttempt(db: Database, attemptId: string): Promise<void> {
  await db
    .updateTable('write_attempt')
    .set({ outcome: 'refused', resolved_at: new Date() })
    .where('id', '=', attemptId)
    .execute();
}
