import { type Kysely, sql } from 'kysely';

/** Confirmation links, which visitors of forms with `trust: confirm` get by email. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table submission_confirmation (
      submission_id uuid primary key references form_submission on delete cascade,
      -- Null when no email is sent: see refusal.
      address text,
      -- The keys that emails are counted by.
      mailbox text,
      sender text not null,
      -- How long the link can be used.
      days integer not null,
      refusal text check (refusal in ('unknown-address', 'address-limit', 'sender-limit')),
      requested_at timestamptz not null,
      sent_at timestamptz,
      failed_at timestamptz,
      error text,
      confirmed_at timestamptz,
      check ((address is null) = (refusal is not null))
    )`.execute(db);
  await sql`
    create index submission_confirmation_mailbox on submission_confirmation (mailbox, requested_at) where address is not null`.execute(
    db,
  );
  await sql`
    create index submission_confirmation_sender on submission_confirmation (sender, requested_at) where address is not null`.execute(
    db,
  );
  // One row per attempt to send: an attempt without an answer may have reached the mailbox.
  await sql`
    create table confirmation_token (
      hash text primary key,
      submission_id uuid not null references form_submission on delete cascade,
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index confirmation_token_submission on confirmation_token (submission_id)`.execute(db);
  await sql`create index confirmation_token_expiry on confirmation_token (expires_at)`.execute(db);
}
