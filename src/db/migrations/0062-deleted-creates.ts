import { type Kysely, sql } from 'kysely';

/** A record that a create made and somebody deleted before Accord learned its id is tombstoned without one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table link drop constraint link_check,
      add constraint link_check check (external_id is not null or state in ('intent', 'detached', 'tombstoned'))`.execute(db);
}
