import { type OperationNodeSource, sql } from 'kysely';
import type { Database } from './database.ts';

/** A statement that is built and not executed yet. */
export type Unexecuted = OperationNodeSource;

/**
 * Executes several writes in one round trip, as parts of one statement. They run in no order, and each sees the tables as they
 * were before all of them: no two may touch the same row or pass on a unique value.
 */
export async function executeTogether(db: Database, writes: readonly Unexecuted[]): Promise<void> {
  if (writes.length === 0) return;
  const parts = writes.map((write, place) => sql`${sql.ref(`part_${place}`)} as (${write})`);
  await sql`with ${sql.join(parts)} select 1`.execute(db);
}
