import { type Kysely, sql } from 'kysely';

/**
 * Sessions of the admin pages, and links that start one. A session acts as the API key that it came from, and ends with it. Only
 * hashes are stored, as of the keys.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table admin_session (
      token_hash bytea primary key,
      key_id uuid not null references api_key (id) on delete cascade,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    );

    create table sign_in_link (
      token_hash bytea primary key,
      key_id uuid not null references api_key (id) on delete cascade,
      expires_at timestamptz not null
    );
  `.execute(db);
}
