import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { HardRule } from '#domain/matching/evidence.ts';

/** A pair of contacts that a person has not decided yet, as one of the two sees it. */
export interface OpenQuestion {
  candidateId: string;
  otherId: string;
  /** Where the other contact has a record. */
  providers: string[];
}

/**
 * The undecided pairs of a contact, and of the contacts that were merged into it, the oldest first. A pair whose two sides are one by now
 * is none, and so is one under a rule of `exceptRules`.
 */
export async function listOpenQuestions(db: Database, contactId: string, except: Except): Promise<OpenQuestion[]> {
  return (await selectOpenQuestions(contactId, except).execute(db)).rows;
}

interface Except {
  exceptRules: readonly HardRule[];
}

/** Unexecuted `listOpenQuestions`, for queries that read more. */
export function selectOpenQuestions(contactId: string, { exceptRules }: Except): RawBuilder<OpenQuestion> {
  return sql`
    select pair.id as "candidateId", other.root as "otherId",
      array(select distinct provider from link where contact_id = other.root and state in ('intent', 'linked')) as providers
    from contact as own
    join match_candidate as pair on pair.contact_id = own.id or pair.other_contact_id = own.id
    cross join lateral (
      select coalesce(merged_into, id) as root from contact
      where id = case when pair.contact_id = own.id then pair.other_contact_id else pair.contact_id end
    ) as other
    where (own.id = ${contactId} or own.merged_into = ${contactId}) and pair.state in ('open', 'later') and other.root <> ${contactId}
      and not coalesce(pair.evidence -> 'rules' ?| ${exceptRules}::text[], false)
    order by pair.id`;
}

/** Those of some contacts that have undecided pairs. */
export async function listAskedContacts(db: Database, contactIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct coalesce(side.merged_into, side.id) as id
    from match_candidate as pair join contact as side on side.id in (pair.contact_id, pair.other_contact_id)
    where pair.state in ('open', 'later') and coalesce(side.merged_into, side.id) = any (${contactIds}::uuid[])`.execute(db);
  return rows.map(({ id }) => id);
}
