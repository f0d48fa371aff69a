import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { noCounts, type ReconcileCounts } from '#domain/reconcile.ts';

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

/** Adds to the counts of a run; `total` replaces what it was. Returns the counts so far. */
export async function addToRun(db: Database, id: string, more: Partial<ReconcileCounts>): Promise<ReconcileCounts> {
  return db.transaction().execute(async (tx) => {
    const { counts } = await tx
      .selectFrom('reconcile_run')
      .select('counts')
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const { total = counts.total, ...added } = more;
    const sums = Object.fromEntries(
      Object.entries(added).map(([name, count]) => [name, (counts[name as keyof ReconcileCounts] ?? 0) + count]),
    );
    const next = { ...counts, ...sums, total };
    await tx
      .updateTable('reconcile_run')
      .set({ counts: JSON.stringify(next) })
      .where('id', '=', id)
      .execute();
    return next;
  });
}

export async function finishRun(db: Database, id: string, outcome: 'completed' | 'failed'): Promise<void> {
  await db.updateTable('reconcile_run').set({ finished_at: new Date(), outcome }).where('id', '=', id).execute();
  await db.deleteFrom('reconcile_seen').where('run_id', '=', id).execute();
}

export function listRuns(db: Database, { provider, limit }: { provider?: string | undefined; limit: number }) {
  return db
    .selectFrom('reconcile_run')
    .selectAll()
    .$if(provider !== undefined, (query) => query.where('provider', '=', provider as string))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Remembers which links a page showed. A page that is read twice counts once. */
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

/** Links of the run's account that were there before the run began and that its listing did not show. */
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
      // A listing lags: what appeared shortly before the run may not be in it yet.
      .where(({ eb, ref }) => eb('link.created_at', '<', sql<Date>`${ref('run.started_at')} - interval '10 minutes'`))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(selectFrom('reconcile_seen').select('link_id').where('run_id', '=', runId).whereRef('link_id', '=', 'link.id')),
        ),
      )
      .execute()
  );
}

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
