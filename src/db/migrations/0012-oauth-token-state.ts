import { type Kysely, sql } from 'kysely';

/** What people may know of an account's OAuth tokens, which are encrypted: when they expire, and why the last refresh failed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table oauth_token
      add column expires_at timestamptz,
      add column refreshed_at timestamptz,
      add column last_error jsonb`.execute(db);
  // The expiry of a stored token is known after its next refresh.
  await sql`update oauth_token set refreshed_at = updated_at where ciphertext is not null`.execute(db);
}
