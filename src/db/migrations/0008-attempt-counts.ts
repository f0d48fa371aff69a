import { type Kysely, sql } from 'kysely';

/** How attempts ended, ever: the log of attempts is removed for its age. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table attempt_count (
      outcome text primary key,
      total bigint not null
    );
  `.execute(db);
}
