import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type * as workflows from './workflows/index.ts';
import { taskQueues } from './workflows/task-queues.ts';

type WorkflowType = keyof typeof workflows;

/** They hold a position in a run whose row the restored database lacks or knows at an earlier position. Schedules and people start others. */
const always: WorkflowType[] = ['goLive', 'undoGoLive', 'pollProvider', 'reconcileProvider', 'reviewMatches'];

/** They read their progress from the database, and would ask for ever about a row that it lacks. */
const begunSince: WorkflowType[] = ['eraseContact', 'importContacts', 'sendConfirmation'];

export interface EndedWorkflows {
  count: number;
  /** Erasures that began since the backup, also those that are done. */
  erasures: string[];
}

/**
 * Ends the workflows that know more than a database which was restored from a backup. Those of contacts and endpoints go on: they hold
 * ids only, and end by themselves when the database lacks them.
 */
export async function endWorkflowsAfterRestore(
  client: Client,
  { taskQueuePrefix, since }: { taskQueuePrefix: string; since: Date },
): Promise<EndedWorkflows> {
  const own = `TaskQueue = "${taskQueues(taskQueuePrefix).main}"`;
  const running = `${own} AND ExecutionStatus = "Running"`;
  const later = `StartTime > "${since.toISOString()}"`;
  const erasures = await list(client, `${own} AND ${later} AND ${ofTypes(['eraseContact'])}`);
  const unfit = await list(client, `${running} AND (${ofTypes(always)} OR (${ofTypes(begunSince)} AND ${later}))`);
  for (const { workflowId, runId } of unfit) await terminate(client, workflowId, runId);
  return { count: unfit.length, erasures: [...new Set(erasures.map(({ workflowId }) => workflowId.replace(/^.*\//, '')))] };
}

async function list(client: Client, query: string): Promise<{ workflowId: string; runId: string }[]> {
  const found = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) found.push({ workflowId, runId });
  return found;
}

/** Lists lag: the workflow may have ended meanwhile. */
async function terminate(client: Client, workflowId: string, runId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate('The database was restored from a backup');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

const ofTypes = (types: readonly WorkflowType[]): string => `WorkflowType IN (${types.map((type) => `"${type}"`).join(', ')})`;
