import { type Kysely, sql } from 'kysely';

/** The trace of the request that announced a change, by which its log lines and spans are found. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table link add column traceparent text`.execute(db);
}
