import { type Selectable, sql } from 'kysely';
import { recordAudit } from '#db/audit-log.ts';
import type { Database } from '#db/database.ts';
import { type Acceptance, acceptIn } from './submission-decisions.ts';
import type { ConfirmationRefusal, SubmissionConfirmationTable } from './tables.ts';

export interface NewConfirmation {
  submissionId: string;
  /** The address of the contact that gets the link, with the key of its mailbox; null when the contact has no such address. */
  recipient: { address: string; mailbox: string } | null;
  /** The key of the sender's network. */
  sender: string;
  rules: { days: number; perAddress: number; perSender: number };
  at: Date;
}

/** Stores that an email has to be sent, or why none is. Locks the sender and the mailbox, so that their emails are counted one by one. */
export async function insertConfirmation(tx: Database, confirmation: NewConfirmation): Promise<void> {
  const { submissionId, recipient, sender, rules, at } = confirmation;
  const refusal = recipient === null ? 'unknown-address' : await findLimit(tx, { ...confirmation, recipient });
  await tx
    .insertInto('submission_confirmation')
    .values({
      submission_id: submissionId,
      address: refusal === null ? (recipient?.address ?? null) : null,
      mailbox: refusal === null ? (recipient?.mailbox ?? null) : null,
      ...{ sender, days: rules.days, refusal, requested_at: at },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

const limitHours = 24;

async function findLimit(
  tx: Database,
  { recipient: { mailbox }, sender, rules, at }: NewConfirmation & { recipient: { mailbox: string } },
): Promise<ConfirmationRefusal | null> {
  // In one order everywhere, so that two transactions do not deadlock.
  for (const name of [`sender/${sender}`, `mailbox/${mailbox}`])
    await sql`select pg_advisory_xact_lock(hashtextextended(${`confirmation/${name}`}, 0))`.execute(tx);
  const count = async (column: 'mailbox' | 'sender', value: string) => {
    const { total } = await tx
      .selectFrom('submission_confirmation')
      .select(({ fn }) => fn.countAll<string>().as('total'))
      .where(column, '=', value)
      .where('address', 'is not', null)
      .where('requested_at', '>', new Date(at.getTime() - limitHours * 3_600_000))
      .executeTakeFirstOrThrow();
    return Number(total);
  };
  if ((await count('mailbox', mailbox)) >= rules.perAddress) return 'address-limit';
  return (await count('sender', sender)) >= rules.perSender ? 'sender-limit' : null;
}

/** The keys of a contact's mailboxes that can prove a submission: any source but unproven submissions named them, or nothing else is known. */
export async function listProvenMailboxes(tx: Database, contactId: string): Promise<string[]> {
  const keys = await tx
    .selectFrom('identity_key')
    .select(['kind', 'value', 'is_proven'])
    .where('contact_id', '=', contactId)
    .execute();
  const proven = keys.filter(({ is_proven: isProven }) => isProven);
  return (proven.length > 0 ? proven : keys).filter(({ kind }) => kind === 'email').map(({ value }) => value);
}

export type OpenConfirmation = Pick<Selectable<SubmissionConfirmationTable>, 'submission_id' | 'days' | 'requested_at'> & {
  address: string;
  form: string;
};

/** The email of a submission that has yet to be sent; null when there is none, or when the submission waits no longer. */
export async function findOpenConfirmation(db: Database, submissionId: string): Promise<OpenConfirmation | null> {
  const row = await db
    .selectFrom('submission_confirmation as confirmation')
    .innerJoin('form_submission as submission', 'submission.id', 'confirmation.submission_id')
    .select([
      'confirmation.submission_id',
      'confirmation.address',
      'confirmation.days',
      'confirmation.requested_at',
      'submission.form',
    ])
    .where('confirmation.submission_id', '=', submissionId)
    .where('confirmation.sent_at', 'is', null)
    .where('confirmation.failed_at', 'is', null)
    .where('submission.accepted_at', 'is', null)
    .executeTakeFirst();
  return row && row.address !== null ? { ...row, address: row.address } : null;
}

/** Stores the hash of a link before it is sent, and removes links that have expired. */
export async function insertToken(db: Database, token: { hash: string; submissionId: string; expiresAt: Date }): Promise<void> {
  await db.deleteFrom('confirmation_token').where('expires_at', '<', sql<Date>`now()`).execute();
  const { hash, submissionId, expiresAt } = token;
  await db.insertInto('confirmation_token').values({ hash, submission_id: submissionId, expires_at: expiresAt }).execute();
}

/** Stores the result of an attempt to send. */
export async function saveConfirmationResult(
  db: Database,
  submissionId: string,
  result: { sentAt: Date } | { error: string; failedAt: Date | null },
): Promise<void> {
  const outcome =
    'sentAt' in result ? { sent_at: result.sentAt, error: null } : { error: result.error, failed_at: result.failedAt };
  await db.updateTable('submission_confirmation').set(outcome).where('submission_id', '=', submissionId).execute();
}

export interface UsedLink {
  hash: string;
  /** Name of the form in the link. */
  form: string;
  at: Date;
  ip: string | null;
  userAgent: string | null;
}

/**
 * Uses a link: accepts its submission, with the mailbox and the circumstances as proof. Unknown, used and expired links take the same
 * one look-up, and give the same answer.
 */
export function confirmSubmission(db: Database, { hash, form, at, ip, userAgent }: UsedLink): Promise<Acceptance> {
  return db.transaction().execute(async (tx) => {
    const token = await tx
      .deleteFrom('confirmation_token as token')
      .using('form_submission as submission')
      .whereRef('submission.id', '=', 'token.submission_id')
      .where('token.hash', '=', hash)
      .where('token.expires_at', '>', at)
      .where('submission.form', '=', form)
      .returning('token.submission_id')
      .executeTakeFirst();
    if (!token) return { outcome: 'nothing-waits' };
    const { address } = await tx
      .updateTable('submission_confirmation')
      .set({ confirmed_at: at })
      .where('submission_id', '=', token.submission_id)
      .returning('address')
      .executeTakeFirstOrThrow();
    const circumstances = { confirmedTo: address, confirmedIp: ip, confirmedUserAgent: userAgent };
    const evidence = Object.fromEntries(
      Object.entries(circumstances).filter((entry): entry is [string, string] => Boolean(entry[1])),
    );
    await recordAudit(tx, { actor: 'email-link', action: 'form-submission.confirm', target: token.submission_id });
    return acceptIn(tx, { id: token.submission_id, by: 'email-link', at, evidence });
  });
}
