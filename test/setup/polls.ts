import { pollWorkflowId } from '#workflows/ids.ts';
import type { PollProviderInput } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';
import type { Accord } from './accord.ts';

/** Polls a provider once, as its schedule does, until the end of the poll. */
export async function pollNow({ temporal, taskQueuePrefix }: Accord, provider: string): Promise<void> {
  const args: [PollProviderInput] = [{ provider, taskQueuePrefix }];
  const workflowId = pollWorkflowId(taskQueuePrefix, provider);
  await temporal.workflow.execute('pollProvider', { workflowId, taskQueue: taskQueues(taskQueuePrefix).main, args });
}
