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

/** `error`: why it failed, in one sentence. */
export async function finishGoLiveRun(
  db: Database,
  id: string,
  { state, error = null }: { state: 'completed' | 'stopped' | 'failed'; error?: string | null },
): Promise<void> {
  const finished = { state, error, finished_at: new Date() };
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

/** Undefined when there is no such run. */
export function findGoLiveRun(db: Database, id: string): Promise<GoLiveRun | undefined> {
  return db.selectFrom('go_live_run').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A run and the later ones of its account, the oldest first. Those that are undone are left out. */
export function listRunsToUndo(db: Database, { id, provider }: Pick<GoLiveRun, 'id' | 'provider'>): Promise<GoLiveRun[]> {
  return db
    .selectFrom('go_live_run')
    .selectAll()
    .where('provider', '=', provider)
    .where('id', '>=', id)
    .where(({ or, eb }) => or([eb('undo_state', 'is', null), eb('undo_state', 'in', ['running', 'failed'])]))
    .orderBy('id')
    .execute();
}

/** Marks runs as being undone. */
export async function startUndo(db: Database, ids: readonly string[], actor: string): Promise<void> {
  const started = { undo_state: 'running', undo_actor: actor, undo_started_at: new Date(), undo_error: null } as const;
  await db
    .updateTable('go_live_run')
    .set({ ...started, undo_finished_at: null })
    .where('id', 'in', ids)
    .execute();
}

/** `error`: why it failed, in one sentence. */
export async function finishUndo(
  db: Database,
  ids: readonly string[],
  { state, error = null }: { state: 'completed' | 'failed'; error?: string | null },
): Promise<void> {
  const finished = { undo_state: state, undo_error: error, undo_finished_at: new Date() };
  await db.updateTable('go_live_run').set(finished).where('id', 'in', ids).execute();
}

/** Go-lives from before a time can no longer be undone: their writes are being removed. */
export async function expireUndo(db: Database, before: Date): Promise<void> {
  await db
    .updateTable('go_live_run')
    .set({ undo_state: 'expired' })
    .where('started_at', '<', before)
    .where(({ or, eb }) => or([eb('undo_state', 'is', null), eb('undo_state', '=', 'failed')]))
    .execute();
}
