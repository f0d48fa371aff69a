import { type Selectable, type SqlBool, sql } from 'kysely';
import { getContact } from '#db/contacts/contacts.ts';
import type { DirtyLink } from '#db/contacts/dirty-links.ts';
import type { Database } from '#db/database.ts';
import type { ContactFields } from '#domain/contact.ts';
import type { FormSubmissionTable, PendingChange, SubmissionConfirmationTable, SubmissionNoteTable } from './tables.ts';

/** Stores the result of merging a submission: the changes that wait for proof, or null when all of its values are merged. */
export async function saveSubmissionResult(
  tx: Database,
  id: string,
  { pending, at }: { pending: PendingChange[] | null; at: Date },
): Promise<void> {
  const result = pending === null ? { applied_at: at } : { pending: JSON.stringify(pending) };
  await tx.updateTable('form_submission').set(result).where('id', '=', id).execute();
}

/** Links a submission to its `form_submitted` event, in the transaction that publishes the event. */
export async function saveSubmissionEvent(tx: Database, id: string, eventId: string): Promise<void> {
  await tx.updateTable('form_submission').set({ event_id: eventId }).where('id', '=', id).execute();
}

export type Acceptance =
  | { outcome: 'accepted'; contactId: string; changes: DirtyLink[] }
  /** No change is pending: the submission was accepted before, changed nothing, or was merged at once. */
  | { outcome: 'nothing-waits' };

interface Decision {
  id: string;
  /** `api-key:<name>`, or `email-link`. */
  by: string;
  at: Date;
  /** Further facts for the proof of a permission. */
  evidence?: Record<string, string>;
}

/**
 * Accepts the changes of a submission that wait for proof, and marks its record dirty: the next read of it merges all of its values.
 * Only the first of several decisions counts. The decision joins the evidence, which is the proof of the submission's permissions.
 */
export function acceptSubmission(db: Database, decision: Decision): Promise<Acceptance> {
  return db.transaction().execute((tx) => acceptIn(tx, decision));
}

/** As `acceptSubmission`, in the caller's transaction. */
export async function acceptIn(tx: Database, { id, by, at, evidence = {} }: Decision): Promise<Acceptance> {
  const proof = JSON.stringify({ acceptedAt: at.toISOString(), acceptedBy: by, ...evidence });
  const accepted = await tx
    .updateTable('form_submission')
    .set({ accepted_at: at, accepted_by: by, evidence: sql`evidence || ${proof}::jsonb` })
    .where('id', '=', id)
    .where('pending', 'is not', null)
    .where('accepted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!accepted) return { outcome: 'nothing-waits' };
  await tx.deleteFrom('confirmation_token').where('submission_id', '=', id).execute();
  const link = await tx
    .updateTable('link')
    .set({ changed_at: at, signalled_at: null, traceparent: null })
    .where('provider', '=', submissionProvider)
    .where('external_id', '=', id)
    .returning(['id', 'contact_id'])
    .executeTakeFirstOrThrow();
  const { mergedInto } = await getContact(tx, link.contact_id);
  const contactId = mergedInto ?? link.contact_id;
  return {
    outcome: 'accepted',
    contactId,
    changes: [{ linkId: link.id, contactId, provider: submissionProvider, changedAt: at }],
  };
}

/** The provider of links to submissions. */
const submissionProvider = 'webform';

export type SubmissionRow = Selectable<FormSubmissionTable> & {
  contact_id: string | null;
  /** Of the contact that it arrived for, which may have been merged since. */
  contact_fields: Partial<ContactFields> | null;
  link_id: string | null;
  observed_at: Date | null;
  confirmation: ConfirmationColumns | null;
};

/** The confirmation of a submission, as JSON that PostgreSQL makes: times are texts. */
export type ConfirmationColumns = {
  [Column in keyof Selectable<SubmissionConfirmationTable>]: Selectable<SubmissionConfirmationTable>[Column] extends Date
    ? string
    : Selectable<SubmissionConfirmationTable>[Column] extends Date | null
      ? string | null
      : Selectable<SubmissionConfirmationTable>[Column];
};

export interface SubmissionFilter {
  form?: string | undefined;
  contactId?: string | undefined;
  isWaiting?: boolean | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

function selectSubmissions(db: Database) {
  return db
    .selectFrom('form_submission as submission')
    .leftJoin('link', (join) =>
      join.on('link.provider', '=', submissionProvider).on(sql<SqlBool>`link.external_id = submission.id::text`),
    )
    .leftJoin('contact', 'contact.id', 'link.contact_id')
    .leftJoin('submission_confirmation as confirmation', 'confirmation.submission_id', 'submission.id')
    .selectAll('submission')
    .select(sql<ConfirmationColumns | null>`to_jsonb(confirmation)`.as('confirmation'))
    .select(['link.observed_at', 'link.id as link_id', 'contact.fields as contact_fields'])
    .select(sql<string | null>`coalesce(contact.merged_into, contact.id)`.as('contact_id'));
}

/** A page of submissions, the newest first. `cursor`: the last id of the previous page. */
export function listSubmissions(
  db: Database,
  { filter, cursor, limit }: { filter: SubmissionFilter; cursor?: string | undefined; limit: number },
): Promise<SubmissionRow[]> {
  const { form, contactId, isWaiting, since, until } = filter;
  let page = selectSubmissions(db).orderBy('submission.id', 'desc').limit(limit);
  if (cursor !== undefined) page = page.where('submission.id', '<', cursor);
  if (form !== undefined) page = page.where('submission.form', '=', form);
  if (since !== undefined) page = page.where('submission.received_at', '>=', new Date(since));
  if (until !== undefined) page = page.where('submission.received_at', '<', new Date(until));
  if (contactId !== undefined) page = page.where(sql<SqlBool>`coalesce(contact.merged_into, contact.id) = ${contactId}::uuid`);
  if (isWaiting !== undefined) {
    const waits = sql<SqlBool>`(submission.pending is not null and submission.accepted_at is null)`;
    page = page.where(isWaiting ? waits : sql<SqlBool>`not ${waits}`);
  }
  return page.execute();
}

/** A submission with its contact and decision; undefined when there is none. */
export function findSubmissionRow(db: Database, id: string): Promise<SubmissionRow | undefined> {
  return selectSubmissions(db).where('submission.id', '=', id).executeTakeFirst();
}

/** The notes of a submission at vendors. */
export function listSubmissionNotes(db: Database, id: string): Promise<Selectable<SubmissionNoteTable>[]> {
  return db.selectFrom('submission_note').selectAll().where('submission_id', '=', id).orderBy('provider').execute();
}

/** The deliveries of an event to subscribers. */
export function listEventDeliveries(db: Database, eventId: string | null) {
  if (eventId === null) return Promise.resolve([]);
  return db
    .selectFrom('webhook_delivery')
    .select(['id', 'endpoint_id', 'state'])
    .where('event_id', '=', eventId)
    .orderBy('id')
    .execute();
}
