import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { PendingChange } from '#db/sync/tables.ts';

export interface OpenConflict {
  /** Of the history entry of kind `conflict`. */
  id: string;
  linkId: string;
  provider: string;
  field: string;
  theirs: unknown;
  since: Date;
}

/** The conflicts of a contact that wait for a person, with the values that the providers keep. */
export async function listOpenConflicts(db: Database, contactId: string): Promise<OpenConflict[]> {
  const { rows } = await sql<OpenConflict>`
    select entry.id, link.id as "linkId", link.provider, held.key as field, held.value as theirs, entry.at as since
    from link cross join lateral jsonb_each(link.held) as held
    cross join lateral (
      select id, at from contact_history
      where contact_id = link.contact_id and kind = 'conflict' and field = held.key and provider = link.provider
      order by id desc limit 1
    ) as entry
    where link.contact_id = ${contactId} and link.held <> '{}'
    order by entry.id desc`.execute(db);
  return rows;
}

export interface WaitingSubmission {
  id: string;
  form: string;
  pending: PendingChange[];
  receivedAt: Date;
}

/** The submissions whose changes of a contact wait for proof. */
export async function listWaitingSubmissions(db: Database, contactId: string): Promise<WaitingSubmission[]> {
  const { rows } = await sql<WaitingSubmission>`
    select submission.id, submission.form, submission.pending, submission.received_at as "receivedAt"
    from link join form_submission as submission on submission.id = link.external_id::uuid
    where link.contact_id = ${contactId} and link.provider = 'webform'
      and submission.pending is not null and submission.accepted_at is null
    order by submission.id desc`.execute(db);
  return rows;
}
