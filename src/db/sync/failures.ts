import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** Failures of one kind at one account: they have the same remedy. */
export interface FailureGroup {
  provider: string;
  /** The class of the error, such as `InvalidRequestError`. */
  type: string;
  /** The most frequent message of the group. */
  message: string;
  permanent: boolean;
  contacts: number;
  since: Date;
  /** The newest contact, as an example. */
  contactId: string;
}

/** Failed calls for records by their cause, the most frequent cause first. */
export async function listFailureGroups(db: Database, limit: number): Promise<FailureGroup[]> {
  const { rows } = await sql<FailureGroup>`
    select provider, last_error->>'type' as type,
      mode() within group (order by last_error->>'message') as message,
      bool_and((last_error->>'permanent')::boolean) as permanent,
      count(distinct contact_id)::int as contacts,
      min((last_error->>'at')::timestamptz) as since,
      max(contact_id::text) as "contactId"
    from link where last_error is not null and state in ('intent', 'linked')
    group by 1, 2 order by contacts desc, provider limit ${limit}`.execute(db);
  return rows;
}

export interface OpenQuestions {
  candidates: number;
  conflicts: number;
  submissions: number;
  deletes: number;
  failures: number;
}

/** Work that waits for a person, by kind. */
export async function countOpenQuestions(db: Database): Promise<OpenQuestions> {
  const { rows } = await sql<OpenQuestions>`
    select
      (select count(*)::int from match_candidate as pair
        join contact as one on one.id = pair.contact_id join contact as other on other.id = pair.other_contact_id
        where pair.state = 'open' and coalesce(one.merged_into, one.id) <> coalesce(other.merged_into, other.id)) as candidates,
      (select count(*)::int from link where held <> '{}') as conflicts,
      (select count(*)::int from form_submission where pending is not null and accepted_at is null) as submissions,
      (select count(*)::int from delete_request where state = 'open') as deletes,
      (select count(distinct contact_id)::int from link where last_error is not null and state in ('intent', 'linked')) as failures`.execute(
    db,
  );
  const [counts] = rows;
  if (!counts) throw new Error('The query of open questions returned no row');
  return counts;
}
