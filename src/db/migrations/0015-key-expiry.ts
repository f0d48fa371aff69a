import { type Kysely, sql } from 'kysely';

/** API keys may expire. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table api_key add column expires_at timestamptz`.execute(db);
}
