import { type Kysely, sql } from 'kysely';

/**
 * The text that contacts are found by, and the indexes of lists of contacts. The texts of older contacts are computed by `npm run migrate`
 * in batches, and by every save that changes one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql`select from pg_available_extensions where name = 'pg_trgm'`.execute(db);
  if (rows.length === 0)
    throw new Error('PostgreSQL lacks the extension pg_trgm: install the contrib package of the server, then migrate again');
  await sql`
    create extension if not exists pg_trgm;

    -- Apart from contact, whose rows change more often than their texts: each new version of a row costs an entry per part of its text.
    create table contact_search (
      contact_id uuid primary key references contact on delete cascade,
      text text not null
    );
    create index contact_search_text on contact_search using gin (text gin_trgm_ops);

    create index contact_updated on contact (updated_at);
    create index contact_deleted on contact (id) where deleted_at is not null;
    create index link_failing on link (contact_id) where last_error is not null;
    create index link_asked on link (contact_id) where held <> '{}';
    create index match_candidate_open on match_candidate (id) where state in ('open', 'later');
    create index form_submission_waiting on form_submission (id) where pending is not null and accepted_at is null;
  `.execute(db);
}
