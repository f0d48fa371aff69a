import { randomUUIDv7 } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Database } from '#db/database.ts';
import type { GoLiveRunTable } from './tables.ts';

export type GoLiveRun = Selectable<GoLiveRunTable>;

export async function insertGoLiveRun(
  db: Database,
  { provider, limit, actor }: { provider: string; limit: number | null; actor: string },
): Promise<GoLiveRun> {
  const run = { id: randomUUIDv7(), provider, contact_limit: limit, actor };
  return db.insertInto('go_live_run').values(run).returningAll().executeTakeFirstOrThrow();
}

/** Replaces the counts of a run. A run that has ended keeps its state. */
export async function saveGoLiveCounts(db: Database, id: string, counts: { pushed: number; failed: number }): Promise<void> {
  await db.updateTable('go_live_run').set(counts).where('id', '=', id).execute();
}

export async function finishGoLiveRun(db: Database, id: string, state: 'completed' | 'stopped' | 'failed'): Promise<void> {
  const finished = { state, finished_at: new Date() };
  await db.updateTable('go_live_run').set(finished).where('id', '=', id).where('state', '=', 'running').execute();
}

/** Marks a run that its workflow does not run any more as failed. */
export async function failUnfinishedRuns(db: Database, provider: string): Promise<void> {
  const failed = { state: 'failed' as const, finished_at: new Date() };
  await db.updateTable('go_live_run').set(failed).where('provider', '=', provider).where('state', '=', 'running').execute();
}

/** The runs of one account, or of all, the newest first. */
export function listGoLiveRuns(db: Database, { provider, limit }: { provider?: string | undefined; limit: number }) {
  const newest = db.selectFrom('go_live_run').selectAll().orderBy('id', 'desc').limit(limit);
  return (provider === undefined ? newest : newest.where('provider', '=', provider)).execute();
}
