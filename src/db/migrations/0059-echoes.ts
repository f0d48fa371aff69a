import { type Kysely, sql } from 'kysely';

/**
 * Echoes are recognised when they arrive: a webhook that names a version of its record which Accord has already merged marks nothing as
 * changed. `announced_version` is the newest version that webhooks have named since the dirty mark was set.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table inbox_event add column is_echo boolean not null default false;
    alter table link add column announced_version bigint;
  `.execute(db);
}
