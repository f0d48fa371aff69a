import { type Kysely, sql } from 'kysely';

/** A contact may have several records at one provider, and one create under way; a possible double waits for a decision. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index link_one_live_per_contact`.execute(db);
  await sql`
    create unique index link_one_intent_per_contact on link (contact_id, provider, account_id) where state = 'intent'`.execute(
    db,
  );
  await sql`
    alter table contact drop constraint contact_sync_status_check;
    -- Not valid: every row meets the narrower constraint before, and a long table is not read while it is locked.
    alter table contact add constraint contact_sync_status_check check (sync_status in
      ('pending', 'waiting', 'synced', 'failed', 'excluded_customer', 'not_eligible')) not valid`.execute(db);
}
