import { type OperationNodeSource, sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * Writes in one round trip, as parts of one statement. They see the tables as they were before all of them, in no order: no two may
 * touch the same row, or pass on what only one row may have.
 */
export async function executeTogether(db: Database, writes: readonly OperationNodeSource[]): Promise<void> {
  if (writes.length === 0) return;
  const parts = writes.map((write, place) => sql`${sql.ref(`part_${place}`)} as (${write})`);
  await sql`with ${sql.join(parts)} select 1`.execute(db);
}
