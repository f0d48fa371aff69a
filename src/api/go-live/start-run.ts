import { WorkflowNotFoundError } from '@temporalio/client';
import type { ApiDeps } from '#api/deps.ts';
import { conflict, notFound } from '#api/rest/errors.ts';
import { listOutstanding } from '#contacts/plan/outstanding.ts';
import { recordAudit } from '#db/audit-log.ts';
import { type AccountState, addCanaryContacts, setAccountMode } from '#db/sync/account-modes.ts';
import { failUnfinishedRuns, finishGoLiveRun, type GoLiveRun, insertGoLiveRun, listGoLiveRuns } from '#db/sync/go-live-runs.ts';
import { goLiveWorkflowId, undoGoLiveWorkflowId } from '#workflows/ids.ts';
import type { GoLiveInput } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';

/** A go-live of one account that is about to start. */
export interface Opening {
  provider: string;
  /** The number of contacts of a canary; null for all. */
  limit: number | null;
  /** A canary that goes on has its contacts already. */
  isResumed: boolean;
}

export const noAccount = (provider: string) =>
  notFound(`No account of ${provider} is connected. GET /sync/accounts lists the accounts.`);

/** The kind of run that an account starts: a canary that was paused or has failed goes on as one, unless a limit is given. */
export function toOpening({ provider, mode }: AccountState, newest: GoLiveRun | undefined, limit: number | undefined): Opening {
  if (limit !== undefined) return { provider, limit, isResumed: false };
  const isUnfinished = mode === 'paused' || (mode === 'canary' && newest?.state === 'failed');
  const canary = isUnfinished && newest?.undo_state === null ? newest.contact_limit : null;
  return { provider, limit: canary, isResumed: canary !== null };
}

/** Throws a 409 while a go-live of the account, or its undo, is running. */
export async function assertNotRunning(deps: ApiDeps, provider: string, newest: GoLiveRun | undefined): Promise<void> {
  const { taskQueuePrefix } = deps;
  if (newest?.state === 'running' && (await isOpen(deps, goLiveWorkflowId(taskQueuePrefix, provider))))
    throw conflict('already-running', `A go-live of ${provider} is running: wait for its end, or pause ${provider}.`);
  if (newest?.undo_state === 'running' && (await isOpen(deps, undoGoLiveWorkflowId(taskQueuePrefix, provider))))
    throw conflict('already-running', `A go-live of ${provider} is being undone: wait for the end.`);
}

/** False for a workflow that was terminated in the Web UI, or never started because Temporal was down. */
export async function isOpen({ temporal }: ApiDeps, workflowId: string): Promise<boolean> {
  try {
    const { status } = await temporal.withDeadline(Date.now() + 5_000, () => temporal.workflow.getHandle(workflowId).describe());
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

export async function findNewestRun({ db }: ApiDeps, provider: string): Promise<GoLiveRun | undefined> {
  const [newest] = await listGoLiveRuns(db, { provider, limit: 1 });
  return newest;
}

/**
 * Starts a go-live of each account. All modes are set before any run starts: an account must not wait for the contacts that another
 * one gets first.
 */
export async function startRuns(deps: ApiDeps, openings: readonly Opening[], actor: string): Promise<GoLiveRun[]> {
  const runs: GoLiveRun[] = [];
  for (const opening of openings) runs.push(await open(deps, opening, actor));
  for (const run of runs) await startWorkflow(deps, run);
  return runs;
}

/** The run comes with the mode: every write from now on belongs to it. */
async function open({ db, contacts }: ApiDeps, { provider, limit, isResumed }: Opening, actor: string): Promise<GoLiveRun> {
  const canary = limit === null || isResumed ? [] : await listOutstanding(contacts, { provider, after: null, limit });
  return db.transaction().execute(async (tx) => {
    await failUnfinishedRuns(tx, provider);
    const run = await insertGoLiveRun(tx, { provider, limit, actor });
    await addCanaryContacts(tx, provider, canary);
    await setAccountMode(tx, provider, limit === null ? 'live' : 'canary');
    await recordAudit(tx, { actor, action: 'account.go-live', target: provider, details: { limit } });
    return run;
  });
}

async function startWorkflow(
  { db, temporal, taskQueuePrefix, timing }: ApiDeps,
  { id: runId, provider, contact_limit: limit }: GoLiveRun,
): Promise<void> {
  const input: GoLiveInput = { runId, provider, taskQueuePrefix, ...(timing && { timing }) };
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
    await finishGoLiveRun(db, runId, { state: 'failed', error: 'Temporal could not be reached.' });
    throw error;
  }
}
