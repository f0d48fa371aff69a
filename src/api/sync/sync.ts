import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { webUiLink } from '#api/web-ui.ts';
import { cacheFor } from '#concurrency/cache-for.ts';
import { listRuns } from '#db/sync/reconcile-runs.ts';
import { readSyncStats } from '#db/sync/sync-stats.ts';
import { pollWorkflowId, reconcileWorkflowId } from '#workflows/ids.ts';
import type { PollProviderInput, ReconcileInput } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';
import { readSchedules, scheduleState } from './schedules.ts';

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
    trigger: z.string().meta({ description: 'What started it, such as `schedule` or `api`.' }),
    workflowId: z.string(),
    counts: z
      .record(z.string(), z.number().nullable())
      .meta({ description: 'So far, or in the end: total, listed, drifted, pushed, …' }),
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
    schedules: z
      .array(scheduleState)
      .nullable()
      .meta({ description: 'What runs by the clock; null while Temporal does not answer.' }),
  })
  .meta({ id: 'SyncStats' });

const readSharedStats = cacheFor(1_000, readSyncStats);

export const syncOperations = [
  defineOperation({
    method: 'post',
    path: '/sync/trigger',
    aliases: ['/sync-trigger'],
    tag: 'Sync',
    summary: 'Compare all records now',
    description: 'Starts a full pass over each connected provider, or over one. A pass that is running already is answered with.',
    scope: 'sync:write',
    body: z.object({ provider: z.string().optional().meta({ example: 'gohighlevel' }) }).optional(),
    response: { status: 202, description: 'The passes that run now', data: z.object({ runs: z.array(startedRun) }) },
    async handle({ body }, deps) {
      const providers = chooseProviders(deps, body?.provider);
      return { runs: await Promise.all(providers.map((provider) => startReconcile(deps, provider))) };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/sync/poll',
    tag: 'Sync',
    summary: 'Ask for changes now',
    description: 'Starts a poll of each provider that does not push, or of one. A poll that is running already is answered with.',
    scope: 'sync:write',
    body: z.object({ provider: z.string().optional().meta({ example: 'google' }) }).optional(),
    response: { status: 202, description: 'The polls that run now', data: z.object({ runs: z.array(startedRun) }) },
    async handle({ body }, deps) {
      const polled = { ...deps, providers: deps.providers.filter(({ isPolled }) => isPolled) };
      return { runs: await Promise.all(chooseProviders(polled, body?.provider).map((provider) => startPoll(deps, provider))) };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/sync/runs',
    tag: 'Sync',
    summary: 'Passes of before and now, newest first',
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
          counts: { ...row.counts },
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
    summary: 'How many contacts stand where',
    description: 'At most a second old.',
    scope: 'sync:read',
    response: { status: 200, description: 'The counts', data: syncStats },
    async handle(_input, deps) {
      const [counts, schedules] = await Promise.all([readSharedStats(deps.db), readSchedules(deps)]);
      return { ...counts, schedules };
    },
  }),
];

function chooseProviders({ providers }: ApiDeps, wanted: string | undefined): string[] {
  const connected = providers.filter(({ settings, isSourceOnly }) => settings !== null && !isSourceOnly).map(({ id }) => id);
  if (connected.length === 0) {
    throw new ApiProblem({
      status: 409,
      code: 'nothing-connected',
      detail: 'No provider is connected: see accounts in accord.yaml.',
    });
  }
  if (wanted === undefined) return connected;
  if (connected.includes(wanted)) return [wanted];
  const detail = `No provider ${wanted} is connected. Connected: ${connected.join(', ')}.`;
  throw new ApiProblem({ status: 400, code: 'invalid-input', detail, errors: [{ pointer: '/body/provider', detail }] });
}

function startReconcile(deps: ApiDeps, provider: string) {
  const { taskQueuePrefix } = deps;
  const input: ReconcileInput = { provider, trigger: 'api', taskQueuePrefix };
  const workflowId = reconcileWorkflowId(taskQueuePrefix, provider);
  return startRun(deps, { provider, type: 'reconcileProvider', workflowId, input, summary: `Full pass over ${provider}` });
}

function startPoll(deps: ApiDeps, provider: string) {
  const { taskQueuePrefix } = deps;
  const input: PollProviderInput = { provider, taskQueuePrefix };
  const workflowId = pollWorkflowId(taskQueuePrefix, provider);
  return startRun(deps, { provider, type: 'pollProvider', workflowId, input, summary: `Changes of ${provider}` });
}

interface Run {
  provider: string;
  type: string;
  workflowId: string;
  input: object;
  summary: string;
}

async function startRun(deps: ApiDeps, { provider, type, workflowId, input, summary }: Run) {
  const { temporal, taskQueuePrefix } = deps;
  const { firstExecutionRunId: runId } = await temporal.withDeadline(Date.now() + 5_000, () =>
    temporal.workflow.start(type, {
      workflowId,
      taskQueue: taskQueues(taskQueuePrefix).main,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: summary,
    }),
  );
  return { provider, workflowId, runId, webUi: webUiLink(deps, workflowId, runId) };
}
