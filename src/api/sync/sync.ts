import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { cacheFor } from '#concurrency/cache-for.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listRuns } from '#db/sync/reconcile-runs.ts';
import { readSyncStats } from '#db/sync/sync-stats.ts';
import { setPassesPaused } from './pause-passes.ts';
import { readSchedules, scheduleState } from './schedules.ts';
import { reconcileRun, showRun } from './show-run.ts';
import { assertConnected, startPolls, startReconciles } from './start-runs.ts';

const startedRun = z
  .object({
    provider: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    isNew: z.boolean().meta({ description: 'False if a run was in progress: no second one is started.' }),
    webUi: z.string().nullable().meta({ description: 'The run in the Temporal Web UI.' }),
  })
  .meta({ id: 'StartedRun' });

const passesPaused = z.object({
  provider: z.string(),
  isPaused: z.boolean(),
  isRunning: z.boolean().meta({ description: 'Whether a pass is in progress: it stops after its current page, or continues.' }),
});

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
    body: z
      .object({
        provider: z.string().optional().meta({ example: 'gohighlevel' }),
        acceptLoss: z.boolean().default(false).meta({
          description: 'Confirms that the records missing from the last pass were deleted: Accord follows these deletions.',
        }),
      })
      .optional(),
    response: { status: 202, description: 'The running passes', data: z.object({ runs: z.array(startedRun) }) },
    async handle({ body }, deps) {
      return { runs: await startReconciles(deps, body?.provider, { acceptsLoss: body?.acceptLoss ?? false }) };
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
  ...(['pause', 'resume'] as const).map((action) =>
    defineOperation({
      method: 'post',
      path: `/sync/${action}`,
      tag: 'Sync',
      summary: action === 'pause' ? 'Pause the full passes over an account' : 'Resume the full passes over an account',
      description:
        action === 'pause'
          ? 'A pass in progress stops after its current page, and the schedule starts no other. Live changes are still synced. `POST /api/v1/accounts/{provider}/pause` pauses writes.'
          : 'A paused pass continues where it stopped.',
      scope: 'sync:write',
      body: z.strictObject({ provider: z.string().max(100).meta({ example: 'google' }) }),
      response: { status: 200, description: 'The state of the passes', data: passesPaused },
      async handle({ body: { provider }, actor }, deps) {
        assertConnected(deps, provider);
        const isPaused = action === 'pause';
        const state = await setPassesPaused(deps, { provider, isPaused, actor });
        await recordAudit(deps.db, { actor, action: `passes.${action}`, target: provider });
        return state;
      },
    }),
  ),
  defineOperation({
    method: 'get',
    path: '/sync/runs',
    tag: 'Sync',
    summary: 'List full passes, newest first',
    scope: 'sync:read',
    query: z.object({ provider: z.string().optional(), limit: z.coerce.number().int().min(1).max(100).default(10) }),
    response: { status: 200, description: 'The passes', data: z.object({ runs: z.array(reconcileRun) }) },
    async handle({ query }, deps) {
      return { runs: (await listRuns(deps.db, query)).map((row) => showRun(deps, row)) };
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
