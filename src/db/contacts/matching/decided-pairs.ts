import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/**
 * Whether somebody decided that two contacts are different people. The decision holds for the contacts that they were merged into,
 * too, until that merge is undone.
 */
export async function isRejectedPair(db: Database, one: string, other: string): Promise<boolean> {
  const { rows } = await sql`
    select 1
    from contact as a, contact as b, match_candidate as pair
    where (a.id = ${one} or a.merged_into = ${one}) and (b.id = ${other} or b.merged_into = ${other})
      and pair.contact_id = least(a.id, b.id) and pair.other_contact_id = greatest(a.id, b.id) and pair.state = 'different'
    limit 1`.execute(db);
  return rows.length > 0;
}

/** Stores the decision on a pair, and with it a candidate where there was none. A later decision replaces an earlier one. */
export async function decidePair(
  db: Database,
  pair: { one: string; other: string; state: 'same' | 'different'; by: string; at: Date },
): Promise<void> {
  const [contact_id = pair.one, other_contact_id = pair.other] = [pair.one, pair.other].toSorted();
  const decision = { state: pair.state, decided_at: pair.at, decided_by: pair.by };
  await db
    .insertInto('match_candidate')
    .values({
      id: randomUUIDv7(),
      contact_id,
      other_contact_id,
      evidence: JSON.stringify({ rules: [], reasons: [], keys: [], against: [] }),
      ...decision,
    })
    .onConflict((conflict) => conflict.columns(['contact_id', 'other_contact_id']).doUpdateSet(decision))
    .execute();
}

/** Ends the open candidate of two contacts that become one. Stores nothing where there is none. */
export async function closePair(db: Database, pair: { one: string; other: string; by: string; at: Date }): Promise<void> {
  const [contact_id = pair.one, other_contact_id = pair.other] = [pair.one, pair.other].toSorted();
  await db
    .updateTable('match_candidate')
    .set({ state: 'same', decided_at: pair.at, decided_by: pair.by })
    .where('contact_id', '=', contact_id)
    .where('other_contact_id', '=', other_contact_id)
    .execute();
}
