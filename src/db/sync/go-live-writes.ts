import { sql } from 'kysely';
import type { RecordUndo } from '#db/contacts/tables.ts';
import type { Database } from '#db/database.ts';
import type { RecordWrite } from '#domain/sync/undo-plan.ts';

/** Writes that may have landed: an open one may. */
const mayHaveLanded = sql<boolean>`(attempt.outcome is null or attempt.outcome = 'landed')`;

/** Records that some go-lives wrote to and whose undo has no outcome yet: up to `limit` links, in the order of their ids. */
export async function listLinksToUndo(
  db: Database,
  runIds: readonly string[],
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  let query = db
    .selectFrom('write_attempt as attempt')
    .select('attempt.link_id')
    .distinct()
    .where('attempt.run_id', 'in', runIds)
    .where('attempt.undo', 'is', null)
    .where(mayHaveLanded)
    .orderBy('attempt.link_id')
    .limit(limit);
  if (after !== null) query = query.where('attempt.link_id', '>', after);
  return (await query.execute()).map(({ link_id }) => link_id);
}

/** The writes of some go-lives to one record, the oldest first. Open writes that did not land must have been resolved before. */
export type RunWrite = RecordWrite & { startedAt: Date };

/** The writes of some go-lives to each of some links. */
export async function listRunWrites(
  db: Database,
  runIds: readonly string[],
  linkIds: readonly string[],
): Promise<Map<string, RunWrite[]>> {
  if (linkIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('write_attempt as attempt')
    .select(['attempt.link_id', 'attempt.operation', 'attempt.patch', 'attempt.before', 'attempt.started_at'])
    .where('attempt.run_id', 'in', runIds)
    .where('attempt.link_id', 'in', linkIds)
    .where(mayHaveLanded)
    .orderBy('attempt.id')
    .execute();
  const writes = rows.map(({ link_id, started_at: startedAt, ...write }) => ({
    linkId: link_id,
    write: { ...write, startedAt },
  }));
  return new Map([...Map.groupBy(writes, ({ linkId }) => linkId)].map(([id, own]) => [id, own.map(({ write }) => write)]));
}

/** Stores the outcome of an undo for one record. */
export async function saveUndo(db: Database, runIds: readonly string[], linkId: string, undo: RecordUndo): Promise<void> {
  await db
    .updateTable('write_attempt')
    .set({ undo: JSON.stringify(undo) })
    .where('run_id', 'in', runIds)
    .where('link_id', '=', linkId)
    .execute();
}

export interface UndoCounts {
  removed: number;
  restored: number;
  left: number;
}

/** The records of the undo of each of some go-lives, by outcome. Those of the later go-lives that were undone with it count, too. */
export async function countUndone(db: Database, runIds: readonly string[]): Promise<Map<string, UndoCounts>> {
  if (runIds.length === 0) return new Map();
  const count = (outcome: RecordUndo['outcome']) =>
    sql<number>`(count(distinct attempt.link_id) filter (where attempt.undo ->> 'outcome' = ${outcome}))::int`;
  const rows = await undoneWrites(db)
    .select('head.id')
    .select([count('removed').as('removed'), count('restored').as('restored'), count('left').as('left')])
    .where('head.id', 'in', runIds)
    .groupBy('head.id')
    .execute();
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

/** The writes with an outcome of each go-live (`head`) and of the later ones that one request has undone with it. */
function undoneWrites(db: Database) {
  return db
    .selectFrom('go_live_run as head')
    .innerJoin('go_live_run as run', (join) =>
      join
        .onRef('run.provider', '=', 'head.provider')
        .onRef('run.undo_started_at', '=', 'head.undo_started_at')
        .onRef('run.id', '>=', 'head.id'),
    )
    .innerJoin('write_attempt as attempt', 'attempt.run_id', 'run.id')
    .where('attempt.undo', 'is not', null);
}

export interface LeftRecord {
  linkId: string;
  contactId: string;
  externalId: string | null;
  undo: RecordUndo;
}

/** The records that the undo of a go-live left as they are, as a whole or in part, in the order of their links. */
export async function listLeftRecords(
  db: Database,
  runId: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<LeftRecord[]> {
  let query = undoneWrites(db)
    .innerJoin('link', 'link.id', 'attempt.link_id')
    .select(['attempt.link_id as linkId', 'link.contact_id as contactId', 'link.external_id as externalId'])
    .distinctOn('attempt.link_id')
    .select('attempt.undo')
    .where('head.id', '=', runId)
    .where(sql<boolean>`attempt.undo ->> 'reason' is not null`)
    .orderBy('attempt.link_id')
    .limit(limit);
  if (after !== null) query = query.where('attempt.link_id', '>', after);
  const rows = await query.execute();
  return rows.flatMap(({ undo, ...row }) => (undo === null ? [] : [{ ...row, undo }]));
}

/** Whether a write to the account is under way. */
export async function hasWriteUnderWay(db: Database, provider: string): Promise<boolean> {
  const busy = await db
    .selectFrom('link')
    .select('id')
    .where('provider', '=', provider)
    .where('lease_until', '>', sql<Date>`now()`)
    .limit(1)
    .executeTakeFirst();
  return busy !== undefined;
}
