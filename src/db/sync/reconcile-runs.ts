import { randomUUIDv7 } from 'node:crypto';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ListingDoubt } from '#domain/sync/listing-doubt.ts';
import { noCounts, type ReconcileCounts } from '#domain/sync/reconcile.ts';
import type { ReconcileRunTable } from './tables.ts';

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
      doubt: null,
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
    linked: sum('linked'),
    found: sum('found'),
    remaining: sum('remaining'),
  };
}

/** Stores the outcome of a run. `doubt`: why its missing records were not followed. */
export async function finishRun(
  db: Database,
  id: string,
  { outcome, doubt = null }: { outcome: 'completed' | 'failed'; doubt?: ListingDoubt | null },
): Promise<void> {
  await db.updateTable('reconcile_run').set({ finished_at: new Date(), outcome, doubt }).where('id', '=', id).execute();
  await db.deleteFrom('reconcile_seen').where('run_id', '=', id).where('drift', 'is', null).execute();
  await endOlderDrift(db, id);
}

/** The drift of a run is followed until the next one of the account ends: the remaining number stays in its counts. */
async function endOlderDrift(db: Database, id: string): Promise<void> {
  await sql`
    with older as (
      select distinct run.id from reconcile_run as run join reconcile_run as last on last.provider = run.provider
      where last.id = ${id} and run.id <> ${id} and exists (select from reconcile_seen where run_id = run.id)
    ), updated as (
      update reconcile_run as run set counts = jsonb_set(counts, '{remaining}', to_jsonb(${remainingOf(sql`run.id`)}))
      where id in (select id from older)
    )
    delete from reconcile_seen where run_id in (select id from older)`.execute(db);
}

/** Drifted records of a run that have not been read successfully since it started. */
function remainingOf(runId: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`(
    select count(*)::int from reconcile_seen as seen
    join link on link.id = seen.link_id join reconcile_run as its on its.id = seen.run_id
    where seen.run_id = ${runId} and seen.drift is not null and link.state = 'linked'
      and (link.last_error is not null or link.observed_at is null or link.observed_at < its.started_at))`;
}

/** How many records differed, and how many of them remain. */
export async function countDrift(db: Database, runId: string): Promise<{ found: number; remaining: number }> {
  const { rows } = await sql<{ found: number; remaining: number }>`
    select (select count(*)::int from reconcile_seen where run_id = ${runId} and drift is not null) as found,
      ${remainingOf(sql`${runId}::uuid`)} as remaining`.execute(db);
  return rows[0] ?? { found: 0, remaining: 0 };
}

/** `remaining_now`: the present rest of its drift; null once a later pass of the account has ended. */
export type ListedRun = Selectable<ReconcileRunTable> & { remaining_now: number | null };

/** Lists runs of one provider, or of all, the newest first. The remaining drift of the newest is counted now. */
export function listRuns(
  db: Database,
  { provider, limit }: { provider?: string | undefined; limit: number },
): Promise<ListedRun[]> {
  return db
    .selectFrom('reconcile_run as run')
    .selectAll('run')
    .select(
      sql<
        number | null
      >`case when exists (select from reconcile_seen where run_id = run.id) then ${remainingOf(sql`run.id`)} end`.as(
        'remaining_now',
      ),
    )
    .$if(provider !== undefined, (query) => query.where('provider', '=', provider as string))
    .orderBy('run.id', 'desc')
    .limit(limit)
    .execute();
}

/** Stores that a page of the listing contained these links. A page that is read twice counts once. */
export async function markSeen(
  db: Database,
  runId: string,
  { linkIds, drifted }: { linkIds: readonly string[]; drifted: ReadonlySet<string> },
): Promise<void> {
  if (linkIds.length === 0) return;
  const rows = [...new Set(linkIds)].map((linkId) => ({
    ...{ run_id: runId, link_id: linkId },
    drift: drifted.has(linkId) ? ('changed' as const) : null,
  }));
  await db
    .insertInto('reconcile_seen')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Stores as missing the links of the run's account that existed before it started and that its listing did not contain. Returns their
 * number. May be called again.
 */
export async function markMissingLinks(db: Database, runId: string): Promise<number> {
  await sql`
    insert into reconcile_seen (run_id, link_id, drift)
    select run.id, link.id, 'missing'
    from reconcile_run as run join link on link.provider = run.provider and link.account_id = run.account_id
    where run.id = ${runId} and link.state = 'linked' and link.external_id is not null
      -- A listing lags: it may lack records that appeared shortly before the run.
      and link.created_at < run.started_at - interval '10 minutes'
      and not exists (select from reconcile_seen where run_id = run.id and link_id = link.id)
    on conflict do nothing`.execute(db);
  const { count } = await db
    .selectFrom('reconcile_seen')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('run_id', '=', runId)
    .where('drift', '=', 'missing')
    .executeTakeFirstOrThrow();
  return Number(count);
}

export interface MissingLink {
  linkId: string;
  contactId: string;
  externalId: string;
}

/** A page of the links that `markMissingLinks` has stored. */
export function listMissingLinks(
  db: Database,
  runId: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<MissingLink[]> {
  return db
    .selectFrom('reconcile_seen as seen')
    .innerJoin('link', 'link.id', 'seen.link_id')
    .select(['link.id as linkId', 'link.contact_id as contactId', 'link.external_id as externalId'])
    .where('seen.run_id', '=', runId)
    .where('seen.drift', '=', 'missing')
    .where('link.external_id', 'is not', null)
    .$narrowType<{ externalId: string }>()
    .$if(after !== null, (query) => query.where('link.id', '>', after as string))
    .orderBy('link.id')
    .limit(limit)
    .execute();
}

/** The vendor has these records after all: its listing lagged. */
export async function forgetMissing(db: Database, runId: string, linkIds: readonly string[]): Promise<void> {
  if (linkIds.length === 0) return;
  await db
    .updateTable('reconcile_seen')
    .set({ drift: null })
    .where('run_id', '=', runId)
    .where('link_id', 'in', linkIds)
    .execute();
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

/** The last completed run of every account. */
export function listLastRuns(db: Database): Promise<ListedRun[]> {
  return db
    .selectFrom('reconcile_run as run')
    .distinctOn('run.provider')
    .selectAll('run')
    .select(remainingOf(sql`run.id`).as('remaining_now'))
    .where('run.outcome', '=', 'completed')
    .orderBy('run.provider')
    .orderBy('run.id', 'desc')
    .execute();
}
