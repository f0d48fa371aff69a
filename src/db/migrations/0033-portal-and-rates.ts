import { type Kysely, sql } from 'kysely';

/**
 * Links that show subscribers their own endpoints: only the hash of a link's token is stored, as of API keys. And how much of an account's
 * rate each worker uses, which it tells with its lease.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table portal_link (
      id uuid primary key,
      token_hash bytea not null unique,
      -- As in the other tables of webhooks, without foreign keys. Endpoints that were deleted since open nothing.
      endpoint_ids uuid[] not null,
      created_by text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      last_used_at timestamptz
    );

    alter table worker_lease
      add column per_second double precision,
      add column used_per_second double precision,
      add column waiting integer,
      add column paused_until timestamptz,
      add column last_success_at timestamptz;
  `.execute(db);
}
