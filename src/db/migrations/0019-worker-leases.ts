import { type Kysely, sql } from 'kysely';

/**
 * The workers that run now, by the vendor that they call, so that they divide its rate. Unlogged, because a row lives for seconds:
 * after a crash of PostgreSQL the workers enter theirs again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create unlogged table worker_lease (
      provider text not null,
      worker_id uuid not null,
      joined_at timestamptz not null default now(),
      renewed_at timestamptz not null,
      until timestamptz not null,
      primary key (provider, worker_id)
    );
  `.execute(db);
}
