import type { Client } from '@temporalio/client';
import { pollWorkflowId, reconcileWorkflowId } from '#workflows/ids.ts';
import type { PollProviderInput, ReconcileInput, ReconcileResult } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';

const workflowExecutionTimeout = '5 minutes';

/** One pass over all records of a provider, as every night. Comes back with what it counted, after five minutes at most. */
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

/** One poll, as its schedule starts it. */
export async function runPoll(temporal: Client, provider: string, taskQueuePrefix: string): Promise<void> {
  const input: PollProviderInput = { provider, taskQueuePrefix };
  await temporal.workflow.execute('pollProvider', {
    workflowId: pollWorkflowId(taskQueuePrefix, provider),
    taskQueue: taskQueues(taskQueuePrefix).main,
    args: [input],
    workflowExecutionTimeout,
  });
}
