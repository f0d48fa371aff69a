import { sql } from 'kysely';
import type { Database } from './database.ts';

/** How many attempts ended in which way: `delivered`, or a class of error. */
export type AttemptCounts = ReadonlyMap<string, number>;

export async function addAttemptCounts(db: Database, counts: AttemptCounts): Promise<void> {
  const outcomes = [...counts.keys()].toSorted();
  const numbers = outcomes.map((outcome) => counts.get(outcome) ?? 0);
  await sql`
    insert into attempt_count as counted (outcome, total)
    select outcome, number from unnest(${outcomes}::text[], ${numbers}::bigint[]) as row(outcome, number)
    on conflict (outcome) do update set total = counted.total + excluded.total`.execute(db);
}

export async function readAttemptCounts(db: Database): Promise<AttemptCounts> {
  const rows = await db.selectFrom('attempt_count').selectAll().execute();
  return new Map(rows.map(({ outcome, total }) => [outcome, Number(total)]));
}
