import { type Kysely, sql } from 'kysely';

/** What it takes to undo a go-live: which writes belong to it, the values from before them, and who else edited the records. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table write_attempt
      -- The newest go-live of the account when the write was planned; null where there was none.
      add column run_id uuid,
      -- The values of the changed fields before an update, as far as they were known.
      add column before jsonb,
      -- The outcome of the undo, once the record has been dealt with.
      add column undo jsonb;
    create index write_attempt_run on write_attempt (run_id, link_id) where run_id is not null;

    alter table link
      -- When a read last showed that somebody else had edited the record.
      add column edited_at timestamptz,
      -- When Accord began to delete the record.
      add column removed_at timestamptz;

    alter table go_live_run
      -- Why it failed, in one sentence.
      add column error text,
      add column undo_state text check (undo_state in ('running', 'completed', 'failed', 'expired')),
      add column undo_error text,
      add column undo_actor text,
      add column undo_started_at timestamptz,
      add column undo_finished_at timestamptz;
    create index go_live_run_provider on go_live_run (provider, id);

    alter table contact_history drop constraint contact_history_kind_check;
    -- Not valid: every row meets the narrower constraint before, and a long table is not read while it is locked.
    alter table contact_history add constraint contact_history_kind_check check (kind in
      ('created', 'changed', 'conflict', 'resolved', 'pushed', 'tombstoned', 'restored', 'removed', 'merged', 'split', 'consent',
       'marked_customer', 'unmarked_customer')) not valid;
  `.execute(db);
}
