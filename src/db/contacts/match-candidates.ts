import { randomUUIDv7 } from 'node:crypto';
import type { Database } from '#db/database.ts';
import type { Evidence } from '#domain/match.ts';

/** Keeps that two contacts may be one person. A pair that stands there already, decided or not, stays as it is. */
export async function insertCandidate(db: Database, one: string, other: string, evidence: Evidence): Promise<void> {
  const [contact_id, other_contact_id] = [one, other].toSorted() as [string, string];
  if (contact_id === other_contact_id) return;
  await db
    .insertInto('match_candidate')
    .values({ id: randomUUIDv7(), contact_id, other_contact_id, evidence: JSON.stringify(evidence) })
    .onConflict((conflict) => conflict.columns(['contact_id', 'other_contact_id']).doNothing())
    .execute();
}

export function listCandidates(db: Database, { before, limit }: { before?: string | undefined; limit: number }) {
  return db
    .selectFrom('match_candidate')
    .selectAll()
    .where('state', '=', 'open')
    .$if(before !== undefined, (query) => query.where('id', '<', before as string))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
