import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { noCounts, type ReconcileCounts } from '#domain/sync/reconcile.ts';

/** Starts a run with all counts at 0, and returns its id. */
export async function insertRun(
  db: Database,
  run: { provider: string; accountId: string; trigger: string; workflowId: string; workflowRunId: string },
): Promise<string> {
  const id = randomUUIDv7();
  await db
    .insertInto('reconcile_run')
    .values({
      id,
      provider: run.provider,
      account_id: run.accountId,
      trigger: run.trigger,
      workflow_id: run.workflowId,
      workflow_run_id: run.workflowRunId,
      counts: JSON.stringify(noCounts),
      finished_at: null,
      outcome: null,
    })
    .execute();
  return id;
}

/** Adds to the counts of a run, or replaces its `total`, and returns the sums. Safe to call concurrently. */
export async function addToRun(db: Database, id: string, more: Partial<ReconcileCounts>): Promise<ReconcileCounts> {
  return db.transaction().execute(async (tx) => {
    const { counts } = await tx
      .selectFrom('reconcile_run')
      .select('counts')
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    // A run that started under an earlier version may lack counts that were added since.
    const next = addCounts({ ...noCounts, ...counts }, more);
    await tx
      .updateTable('reconcile_run')
      .set({ counts: JSON.stringify(next) })
      .where('id', '=', id)
      .execute();
    return next;
  });
}

function addCounts(counts: ReconcileCounts, more: Partial<ReconcileCounts>): ReconcileCounts {
  const sum = (name: Exclude<keyof ReconcileCounts, 'total'>) => counts[name] + (more[name] ?? 0);
  return {
    total: more.total === undefined ? counts.total : more.total,
    listed: sum('listed'),
    unchanged: sum('unchanged'),
    drifted: sum('drifted'),
    created: sum('created'),
    pushed: sum('pushed'),
    missing: sum('missing'),
    failed: sum('failed'),
    unreadable: sum('unreadable'),
  };
}

/** Stores the outcome of a run, and removes the links that it has seen. */
export async function finishRun(db: Database, id: string, outcome: 'completed' | 'failed'): Promise<void> {
  await db.updateTable('reconcile_run').set({ finished_at: new Date(), outcome }).where('id', '=', id).execute();
  await db.deleteFrom('reconcile_seen').where('run_id', '=', id).execute();
}

/** Lists runs of one provider, or of all, the newest first. */
export function listRuns(db: Database, { provider, limit }: { provider?: string | undefined; limit: number }) {
  const newest = db.selectFrom('reconcile_run').selectAll().orderBy('id', 'desc').limit(limit);
  return (provider === undefined ? newest : newest.where('provider', '=', provider)).execute();
}

/** Stores that a page of the listing contained these links. A page that is read twice counts once. */
export async function markSeen(db: Database, runId: string, linkIds: string[]): Promise<void> {
  if (linkIds.length === 0) return;
  await db
    .insertInto('reconcile_seen')
    .values(linkIds.map((linkId) => ({ run_id: runId, link_id: linkId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export interface MissingLink {
  linkId: string;
  contactId: string;
  externalId: string;
}

/** Links of the run's account that existed before the run started and that its listing did not contain. */
export async function findMissingLinks(db: Database, runId: string): Promise<MissingLink[]> {
  return (
    db
      .selectFrom('link')
      .innerJoin('reconcile_run as run', (join) =>
        join.onRef('run.provider', '=', 'link.provider').onRef('run.account_id', '=', 'link.account_id').on('run.id', '=', runId),
      )
      .select(['link.id as linkId', 'link.contact_id as contactId', 'link.external_id as externalId'])
      .where('link.state', '=', 'linked')
      .where('link.external_id', 'is not', null)
      .$narrowType<{ externalId: string }>()
      // A listing lags: it may lack records that appeared shortly before the run.
      .where(({ eb, ref }) => eb('link.created_at', '<', sql<Date>`${ref('run.started_at')} - interval '10 minutes'`))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(selectFrom('reconcile_seen').select('link_id').where('run_id', '=', runId).whereRef('link_id', '=', 'link.id')),
        ),
      )
      .execute()
  );
}

/** Counts the linked records of an account. */
export async function countLinked(db: Database, provider: string, accountId: string): Promise<number> {
  const { count } = await db
    .selectFrom('link')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('state', '=', 'linked')
    .executeTakeFirstOrThrow();
  return Number(count);
}
