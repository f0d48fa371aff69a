import { type Selectable, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { SubmissionNoteTable } from './tables.ts';

export type SubmissionNote = Selectable<SubmissionNoteTable>;

export interface NewNote {
  submissionId: string;
  provider: string;
  contactId: string;
  body: string;
}

/** Stores a message for a vendor's notes, in the transaction that merges its submission. */
export async function insertNote(tx: Database, { submissionId, provider, contactId, body }: NewNote): Promise<void> {
  await tx
    .insertInto('submission_note')
    .values({ submission_id: submissionId, provider, contact_id: contactId, body })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Gives the notes of submissions to the contact that gets the submissions. */
export async function moveNotes(tx: Database, submissionIds: readonly string[], contactId: string): Promise<void> {
  if (submissionIds.length === 0) return;
  await tx
    .updateTable('submission_note')
    .set({ contact_id: contactId })
    .where('submission_id', 'in', submissionIds)
    .where('written_at', 'is', null)
    .execute();
}

/** The open notes of a contact, and of the contacts that were merged into it. */
function openNotes(db: Database, contactId: string) {
  return db
    .selectFrom('submission_note')
    .where('written_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('contact_id', 'in', ({ selectFrom }) =>
      selectFrom('contact')
        .select('id')
        .where(({ or, eb }) => or([eb('id', '=', contactId), eb('merged_into', '=', contactId)])),
    );
}

/** The providers that have yet to get a note of the contact. */
export async function listProvidersWithOpenNotes(db: Database, contactId: string): Promise<string[]> {
  const rows = await openNotes(db, contactId).select('provider').distinct().execute();
  return rows.map(({ provider }) => provider);
}

/** The open notes of a contact at a provider, oldest first. */
export function listOpenNotes(db: Database, contactId: string, provider: string): Promise<SubmissionNote[]> {
  return openNotes(db, contactId).selectAll().where('provider', '=', provider).orderBy('submission_id').execute();
}

/**
 * Takes the only right to write a note, and counts the attempt before anything is sent. Null while another writer has the right. An
 * attempt of the same owner takes over its own.
 */
export async function claimNote(
  db: Database,
  { submission_id, provider }: Pick<SubmissionNote, 'submission_id' | 'provider'>,
  { owner, seconds }: { owner: string; seconds: number },
): Promise<SubmissionNote | null> {
  const note = await db
    .updateTable('submission_note')
    .set({
      attempts: sql`attempts + 1`,
      lease_owner: owner,
      lease_until: sql`now() + make_interval(secs => ${seconds})`,
    })
    .where('submission_id', '=', submission_id)
    .where('provider', '=', provider)
    .where('written_at', 'is', null)
    .where(({ or, eb }) =>
      or([eb('lease_until', 'is', null), eb('lease_until', '<', sql<Date>`now()`), eb('lease_owner', '=', owner)]),
    )
    .returningAll()
    .executeTakeFirst();
  return note ?? null;
}

/** Stores the result of an attempt and ends the right to write. */
export async function saveNoteResult(
  db: Database,
  { submission_id, provider }: Pick<SubmissionNote, 'submission_id' | 'provider'>,
  result: { externalId: string } | { error: string; isFinal: boolean },
): Promise<void> {
  const outcome =
    'externalId' in result
      ? { external_id: result.externalId, written_at: new Date(), error: null }
      : { error: result.error, failed_at: result.isFinal ? new Date() : null };
  await db
    .updateTable('submission_note')
    .set({ ...outcome, lease_owner: null, lease_until: null })
    .where('submission_id', '=', submission_id)
    .where('provider', '=', provider)
    .execute();
}
