import type { Client } from '@temporalio/client';
import { pollWorkflowId, reconcileWorkflowId } from '#workflows/ids.ts';
import type { PollProviderInput, ReconcileInput, ReconcileResult } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';

const workflowExecutionTimeout = '20 minutes';

/** Runs a full pass over a provider, as every night. Returns its counts. Fails after twenty minutes. */
export async function runFullPass(
  temporal: Client,
  provider: string,
  taskQueuePrefix = 'accord',
): Promise<ReconcileResult['counts']> {
  const input: ReconcileInput = { provider, trigger: 'bench', taskQueuePrefix };
  const { counts }: ReconcileResult = await temporal.workflow.execute('reconcileProvider', {
    workflowId: reconcileWorkflowId(taskQueuePrefix, provider),
    taskQueue: taskQueues(taskQueuePrefix).main,
    args: [input],
    workflowExecutionTimeout,
  });
  return counts;
}

/** Polls a provider once, as its schedule does. */
export async function runPoll(temporal: Client, provider: string, taskQueuePrefix: string): Promise<void> {
  const input: PollProviderInput = { provider, taskQueuePrefix };
  await temporal.workflow.execute('pollProvider', {
    workflowId: pollWorkflowId(taskQueuePrefix, provider),
    taskQueue: taskQueues(taskQueuePrefix).main,
    args: [input],
    workflowExecutionTimeout,
  });
}
