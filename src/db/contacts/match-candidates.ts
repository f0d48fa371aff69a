import { randomUUIDv7 } from 'node:crypto';
import type { Database } from '#db/database.ts';
import type { Evidence } from '#domain/matching/match.ts';
import { isRejectedPair } from './decided-pairs.ts';

/**
 * Stores that two contacts may be one person. A pair that is stored already, open or decided, stays as it is, and so does a rejected
 * pair of contacts that were merged into these two.
 */
export async function insertCandidate(db: Database, one: string, other: string, evidence: Evidence): Promise<void> {
  if (one === other || (await isRejectedPair(db, one, other))) return;
  const [contact_id, other_contact_id] = one < other ? [one, other] : [other, one];
  await db
    .insertInto('match_candidate')
    .values({ id: randomUUIDv7(), contact_id, other_contact_id, evidence: JSON.stringify(evidence) })
    .onConflict((conflict) => conflict.columns(['contact_id', 'other_contact_id']).doNothing())
    .execute();
}

/** Open pairs, the newest first. `before` is the id of the last row of the previous page. */
export function listCandidates(db: Database, { before, limit }: { before?: string | undefined; limit: number }) {
  const open = db.selectFrom('match_candidate').selectAll().where('state', '=', 'open').orderBy('id', 'desc').limit(limit);
  return (before === undefined ? open : open.where('id', '<', before)).execute();
}
