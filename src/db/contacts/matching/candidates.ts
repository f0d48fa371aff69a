import { type Selectable, type SqlBool, sql } from 'kysely';
import type { MatchCandidateTable } from '#db/contacts/tables.ts';
import type { Database } from '#db/database.ts';

export type Candidate = Selectable<MatchCandidateTable>;

/** A candidate with the contacts that its two are now: they may have been merged into others since. */
export type CurrentCandidate = Candidate & { one_id: string; other_id: string };

export interface CandidateFilter {
  /** One of these. */
  ids?: readonly string[] | undefined;
  state?: Candidate['state'] | undefined;
  /** Of the evidence; a candidate without a score has none of these. */
  minScore?: number | undefined;
  maxScore?: number | undefined;
  /** One of the two has a record there. */
  provider?: string | undefined;
  contactId?: string | undefined;
}

/**
 * Candidates, the newest first. One whose two contacts became one by other ways is not open any more. `cursor` is the last id of
 * the previous page.
 */
export function listCurrentCandidates(
  db: Database,
  { filter, cursor, limit }: { filter: CandidateFilter; cursor?: string | undefined; limit: number },
): Promise<CurrentCandidate[]> {
  const { ids, state, minScore, maxScore, provider, contactId } = filter;
  let query = db
    .selectFrom('match_candidate as pair')
    .innerJoin('contact as one', 'one.id', 'pair.contact_id')
    .innerJoin('contact as other', 'other.id', 'pair.other_contact_id')
    .selectAll('pair')
    .select(sql<string>`coalesce(one.merged_into, one.id)`.as('one_id'))
    .select(sql<string>`coalesce(other.merged_into, other.id)`.as('other_id'))
    .orderBy('pair.id', 'desc')
    .limit(limit);
  if (ids !== undefined) query = query.where('pair.id', 'in', ids);
  if (state !== undefined) query = query.where('pair.state', '=', state);
  if (state === 'open' || state === 'later')
    query = query.where(sql<SqlBool>`coalesce(one.merged_into, one.id) <> coalesce(other.merged_into, other.id)`);
  // The contacts that the two were merged into may have been rejected by then.
  if (state === 'open' || state === 'later')
    query = query.where(sql<SqlBool>`not exists (
      select from contact as a, contact as b, match_candidate as decided
      where (a.id = coalesce(one.merged_into, one.id) or a.merged_into = coalesce(one.merged_into, one.id))
        and (b.id = coalesce(other.merged_into, other.id) or b.merged_into = coalesce(other.merged_into, other.id))
        and decided.contact_id = least(a.id, b.id) and decided.other_contact_id = greatest(a.id, b.id) and decided.state = 'different')`);
  if (minScore !== undefined) query = query.where(sql<SqlBool>`(pair.evidence ->> 'score')::numeric >= ${minScore}`);
  if (maxScore !== undefined) query = query.where(sql<SqlBool>`(pair.evidence ->> 'score')::numeric <= ${maxScore}`);
  if (provider !== undefined)
    query = query.where(sql<SqlBool>`exists (select from link where link.provider = ${provider} and link.state <> 'detached'
      and link.contact_id in (coalesce(one.merged_into, one.id), coalesce(other.merged_into, other.id)))`);
  if (contactId !== undefined)
    query = query.where(sql<SqlBool>`pair.id in (
        select own.id from contact join match_candidate as own on own.contact_id = contact.id
          where contact.id = ${contactId} or contact.merged_into = ${contactId}
        union
        select own.id from contact join match_candidate as own on own.other_contact_id = contact.id
          where contact.id = ${contactId} or contact.merged_into = ${contactId})
      and ${contactId} in (coalesce(one.merged_into, one.id), coalesce(other.merged_into, other.id))`);
  if (cursor !== undefined) query = query.where('pair.id', '<', cursor);
  return query.execute();
}

/** Locked until the transaction ends, so that of several decisions the first counts. Undefined when there is none. */
export function lockCandidate(tx: Database, id: string): Promise<Candidate | undefined> {
  return tx.selectFrom('match_candidate').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function saveDecision(
  tx: Database,
  id: string,
  { state, by, at }: { state: Candidate['state']; by: string; at: Date },
): Promise<void> {
  await tx.updateTable('match_candidate').set({ state, decided_by: by, decided_at: at }).where('id', '=', id).execute();
}
