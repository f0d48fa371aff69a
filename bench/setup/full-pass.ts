import type { Client } from '@temporalio/client';
import { reconcileWorkflowId } from '../../src/workflows/ids.ts';
import type { ReconcileInput, ReconcileResult } from '../../src/workflows/messages.ts';
import { taskQueues } from '../../src/workflows/task-queues.ts';

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
    workflowExecutionTimeout: '5 minutes',
  });
  return counts;
}
