import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { conflict, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { timeOf } from '#api/rest/page.ts';
import { webUiLink } from '#api/web-ui.ts';
import { listOutstanding } from '#contacts/outstanding.ts';
import { recordAudit } from '#db/audit-log.ts';
import {
  type AccountState,
  addCanaryContacts,
  findAccount,
  listAccounts,
  listUnreadAccounts,
  setAccountMode,
} from '#db/sync/account-modes.ts';
import { failUnfinishedRuns, finishGoLiveRun, type GoLiveRun, insertGoLiveRun, listGoLiveRuns } from '#db/sync/go-live-runs.ts';
import { accountModes } from '#domain/account-mode.ts';
import { goLiveWorkflowId } from '#workflows/ids.ts';
import type { GoLiveInput } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';

const goLiveRun = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    limit: z.int().nullable().meta({ description: 'The number of contacts of a canary; null for all.' }),
    state: z.enum(['running', 'completed', 'stopped', 'failed']).meta({ description: '`stopped`: somebody paused the account.' }),
    pushed: z.int().meta({ description: 'Contacts written so far.' }),
    failed: z.int().meta({ description: 'Contacts whose write failed. Their own workflows retry it.' }),
    actor: z.string(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    webUi: z.string().nullable(),
  })
  .meta({ id: 'GoLiveRun' });

const runs = z.object({ runs: z.array(goLiveRun) });
const mode = z.object({ provider: z.string(), mode: z.enum(accountModes) });

export const goLiveOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/go-live',
    tag: 'Go live',
    summary: 'Start writing to accounts that were only observed, or were paused',
    description:
      'Without `provider`, to all of them. With `limit`, to a canary: so many contacts of each account, and these only. A second canary adds ' +
      'as many.',
    scope: 'sync:write',
    body: z
      .strictObject({
        provider: z.string().max(100).optional(),
        limit: z.int().min(1).max(10_000).optional(),
        accept_unread: z
          .boolean()
          .default(false)
          .meta({ description: 'Go live though an account has not been read completely.' }),
      })
      .default({ accept_unread: false }),
    response: { status: 202, description: 'The runs', data: runs },
    problems: { 404: 'No such account', 409: 'Nothing to do, not read yet, or already running' },
    async handle({ body, actor }, deps) {
      const accounts = await chooseAccounts(deps, body.provider);
      if (!body.accept_unread) await assertEverythingIsRead(deps);
      for (const { provider } of accounts) await assertNotRunning(deps, provider);
      const limit = body.limit ?? null;
      for (const { provider } of accounts) await open(deps, { provider, limit });
      const started: GoLiveRun[] = [];
      for (const { provider } of accounts) started.push(await start(deps, { provider, limit, actor }));
      return { runs: started.map((run) => showRun(deps, run)) };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/go-live',
    tag: 'Go live',
    summary: 'List the runs, newest first',
    scope: 'sync:read',
    query: z.strictObject({
      provider: z.string().max(100).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(10),
    }),
    response: { status: 200, description: 'The runs', data: runs },
    async handle({ query }, deps) {
      return { runs: (await listGoLiveRuns(deps.db, query)).map((run) => showRun(deps, run)) };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/accounts/{provider}/pause',
    tag: 'Go live',
    summary: 'Stop writing to an account',
    description: 'Accord goes on reading it. Writes that are under way end. Going live again writes what is outstanding.',
    scope: 'sync:write',
    params: z.object({ provider: z.string().max(100) }),
    response: { status: 200, description: 'The mode of the account', data: mode },
    problems: { 404: 'No such account', 409: 'The account is not written to' },
    async handle({ params: { provider }, actor }, { db }) {
      const account = await findAccount(db, provider);
      if (!account) throw noAccount(provider);
      if (account.mode === 'observe' || account.mode === 'paused')
        throw conflict('not-live', `Accord does not write to ${provider}: its mode is ${account.mode}.`);
      await setAccountMode(db, provider, 'paused');
      await recordAudit(db, { actor, action: 'account.pause', target: provider });
      return { provider, mode: 'paused' as const };
    },
  }),
];

async function chooseAccounts({ db, contacts }: ApiDeps, provider: string | undefined): Promise<AccountState[]> {
  const connected = (await listAccounts(db)).filter((account) => contacts.providers.has(account.provider));
  const chosen = connected.filter((account) => (provider ?? account.provider) === account.provider);
  if (provider !== undefined && chosen.length === 0) throw noAccount(provider);
  const waiting = chosen.filter((account) => account.mode !== 'live');
  if (waiting.length === 0)
    throw conflict('already-live', provider === undefined ? 'Every account is live.' : `${provider} is live already.`);
  return waiting;
}

async function assertEverythingIsRead({ db, contacts }: ApiDeps): Promise<void> {
  const unread = (await listUnreadAccounts(db)).filter((provider) => contacts.providers.has(provider));
  if (unread.length === 0) return;
  const detail =
    `Not read completely yet: ${unread.join(', ')}. A person there might be created a second time elsewhere. ` +
    'Wait for the first pass (GET /sync/runs), or start one (POST /sync/trigger).';
  throw conflict('not-read', detail);
}

async function assertNotRunning({ db, temporal, taskQueuePrefix }: ApiDeps, provider: string): Promise<void> {
  const [newest] = await listGoLiveRuns(db, { provider, limit: 1 });
  if (newest?.state !== 'running') return;
  try {
    const { status } = await temporal.workflow.getHandle(goLiveWorkflowId(taskQueuePrefix, provider)).describe();
    // Terminated in the Web UI, or never started: Temporal was down.
    if (status.name !== 'RUNNING') return;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return;
    throw error;
  }
  throw conflict('already-running', `A go-live of ${provider} is running: wait for its end, or pause ${provider}.`);
}

/** Sets the mode before any run starts: an account must not wait for the contacts that another one gets first. */
async function open({ db, contacts }: ApiDeps, { provider, limit }: { provider: string; limit: number | null }): Promise<void> {
  if (limit !== null) await addCanaryContacts(db, provider, await listOutstanding(contacts, { provider, after: null, limit }));
  await setAccountMode(db, provider, limit === null ? 'live' : 'canary');
}

async function start(
  { db, temporal, taskQueuePrefix }: ApiDeps,
  { provider, limit, actor }: { provider: string; limit: number | null; actor: string },
): Promise<GoLiveRun> {
  await failUnfinishedRuns(db, provider);
  const run = await insertGoLiveRun(db, { provider, limit, actor });
  await recordAudit(db, { actor, action: 'account.go-live', target: provider, details: { limit } });
  const input: GoLiveInput = { runId: run.id, provider, taskQueuePrefix };
  try {
    await temporal.withDeadline(Date.now() + 5_000, () =>
      temporal.workflow.start('goLive', {
        workflowId: goLiveWorkflowId(taskQueuePrefix, provider),
        taskQueue: taskQueues(taskQueuePrefix).main,
        args: [input],
        // One whose run has ended may need a moment to close.
        workflowIdConflictPolicy: 'TERMINATE_EXISTING',
        staticSummary: `Go live of ${provider}${limit === null ? '' : `, ${limit} contacts`}`,
      }),
    );
  } catch (error) {
    await finishGoLiveRun(db, run.id, 'failed');
    throw error;
  }
  return run;
}

function showRun(deps: ApiDeps, run: GoLiveRun): z.input<typeof goLiveRun> {
  const { id, provider, contact_limit: limit, state, pushed, failed, actor, started_at, finished_at } = run;
  const webUi = webUiLink(deps, goLiveWorkflowId(deps.taskQueuePrefix, provider));
  return {
    ...{ id, provider, limit, state, pushed, failed, actor, webUi },
    startedAt: started_at.toISOString(),
    finishedAt: timeOf(finished_at),
  };
}

const noAccount = (provider: string) =>
  notFound(`No account of ${provider} is connected. GET /sync/accounts lists the accounts.`);
