import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { webUiLink } from '#api/web-ui.ts';
import { cacheFor } from '#concurrency/cache-for.ts';
import { listRuns } from '#db/sync/reconcile-runs.ts';
import { readSyncStats } from '#db/sync/sync-stats.ts';
import { noCounts } from '#domain/sync/reconcile.ts';
import { readSchedules, scheduleState } from './schedules.ts';
import { startPolls, startReconciles } from './start-runs.ts';

const startedRun = z
  .object({
    provider: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    webUi: z.string().nullable().meta({ description: 'The run in the Temporal Web UI.' }),
  })
  .meta({ id: 'StartedRun' });

const reconcileRun = z
  .object({
    id: z.string(),
    provider: z.string(),
    accountId: z.string(),
    trigger: z.string().meta({ description: 'The origin of the pass, such as `schedule` or `api`.' }),
    workflowId: z.string(),
    counts: z
      .record(z.string(), z.number().nullable())
      .meta({ description: 'Counts so far, or at the end: total, listed, drifted, pushed, unreadable, …' }),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    outcome: z.enum(['completed', 'failed']).nullable(),
    webUi: z.string().nullable(),
  })
  .meta({ id: 'ReconcileRun' });

const syncStats = z
  .object({
    total_contacts: z.int(),
    synced: z.int(),
    failed: z.int(),
    excluded_customers: z.int(),
    pending: z.int(),
    not_eligible: z.int(),
    waiting: z.int().meta({ description: 'May be a known contact: no record is created until a person decides.' }),
    held: z.int().meta({ description: 'Would be written to an account that is not live.' }),
    schedules: z
      .array(scheduleState)
      .nullable()
      .meta({ description: 'Scheduled passes and polls; null while Temporal is unavailable.' }),
  })
  .meta({ id: 'SyncStats' });

const readCachedStats = cacheFor(1_000, readSyncStats);

export const syncOperations = [
  defineOperation({
    method: 'post',
    path: '/sync/trigger',
    aliases: ['/sync-trigger'],
    tag: 'Sync',
    summary: 'Start a full pass',
    description: 'Compares all records of each connected provider, or of one. Returns a pass that is already running.',
    scope: 'sync:write',
    body: z.object({ provider: z.string().optional().meta({ example: 'gohighlevel' }) }).optional(),
    response: { status: 202, description: 'The running passes', data: z.object({ runs: z.array(startedRun) }) },
    async handle({ body }, deps) {
      return { runs: await startReconciles(deps, body?.provider) };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/sync/poll',
    tag: 'Sync',
    summary: 'Poll for changes',
    description: 'Polls each provider that sends no webhooks, or one of them. Returns a poll that is already running.',
    scope: 'sync:write',
    body: z.object({ provider: z.string().optional().meta({ example: 'google' }) }).optional(),
    response: { status: 202, description: 'The running polls', data: z.object({ runs: z.array(startedRun) }) },
    async handle({ body }, deps) {
      return { runs: await startPolls(deps, body?.provider) };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/sync/runs',
    tag: 'Sync',
    summary: 'List full passes, newest first',
    scope: 'sync:read',
    query: z.object({ provider: z.string().optional(), limit: z.coerce.number().int().min(1).max(100).default(10) }),
    response: { status: 200, description: 'The passes', data: z.object({ runs: z.array(reconcileRun) }) },
    async handle({ query }, deps) {
      const rows = await listRuns(deps.db, query);
      return {
        runs: rows.map((row) => ({
          id: row.id,
          provider: row.provider,
          accountId: row.account_id,
          trigger: row.trigger,
          workflowId: row.workflow_id,
          counts: { ...noCounts, ...row.counts },
          startedAt: row.started_at.toISOString(),
          finishedAt: row.finished_at?.toISOString() ?? null,
          outcome: row.outcome,
          webUi: webUiLink(deps, row.workflow_id, row.workflow_run_id),
        })),
      };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/sync/stats',
    tag: 'Sync',
    summary: 'Count contacts by sync status',
    description: 'The counts are at most a second old.',
    scope: 'sync:read',
    response: { status: 200, description: 'The counts', data: syncStats },
    async handle(_input, deps) {
      const [counts, schedules] = await Promise.all([readCachedStats(deps.db), readSchedules(deps)]);
      return { ...counts, schedules };
    },
  }),
];
