import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { StoredEvidence } from '#domain/matching/evidence.ts';
import { isRejectedPair } from './decided-pairs.ts';

/**
 * Stores that two contacts may be one person. A pair that is stored already keeps its decision, and while it is open it gets the
 * newer evidence. A rejected pair of contacts that were merged into these two stays rejected.
 */
export async function insertCandidate(db: Database, one: string, other: string, evidence: StoredEvidence): Promise<void> {
  if (one === other || (await isRejectedPair(db, one, other))) return;
  const [contact_id, other_contact_id] = one < other ? [one, other] : [other, one];
  const stored = JSON.stringify(evidence);
  await db
    .insertInto('match_candidate')
    .values({ id: randomUUIDv7(), contact_id, other_contact_id, evidence: stored })
    .onConflict((conflict) =>
      conflict
        .columns(['contact_id', 'other_contact_id'])
        .doUpdateSet({ evidence: stored })
        .where('match_candidate.state', 'in', ['open', 'later']),
    )
    .execute();
}

/**
 * Takes back the open questions about a contact and others that are certainly somebody else by now, those about contacts that were merged
 * into them included. Returns the contacts of both sides.
 */
export async function withdrawCandidates(db: Database, contactId: string, otherIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    delete from match_candidate as pair
    using contact as own, contact as other
    where (own.id = ${contactId} or own.merged_into = ${contactId})
      and (other.id = any(${otherIds}::uuid[]) or other.merged_into = any(${otherIds}::uuid[]))
      and pair.contact_id = least(own.id, other.id) and pair.other_contact_id = greatest(own.id, other.id)
      and pair.state = 'open'
    returning coalesce(other.merged_into, other.id) as id`.execute(db);
  return rows.length === 0 ? [] : [contactId, ...new Set(rows.map(({ id }) => id))];
}

/** How many pairs wait for a decision. */
export async function countOpenCandidates(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('match_candidate')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Open pairs, the newest first. `before` is the id of the last row of the previous page. */
export function listCandidates(db: Database, { before, limit }: { before?: string | undefined; limit: number }) {
  const open = db.selectFrom('match_candidate').selectAll().where('state', '=', 'open').orderBy('id', 'desc').limit(limit);
  return (before === undefined ? open : open.where('id', '<', before)).execute();
}
