import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './bare-worker.ts';

export const goSignal = defineSignal('go');

/**
 * Runs as many empty activities as one synced contact needs. A stage lists the task queues of activities that run at once; stages run one
 * after the other. Returns the time of the last activity.
 */
export async function bareWorkflow({ stages }: { stages: readonly (readonly string[])[] }): Promise<number> {
  let isSignalled = false;
  setHandler(goSignal, () => {
    isSignalled = true;
  });
  await condition(() => isSignalled);
  let lastAt = 0;
  for (const taskQueues of stages) lastAt = Math.max(...(await Promise.all(taskQueues.map(runEmpty))));
  return lastAt;
}

function runEmpty(taskQueue: string): Promise<number> {
  return proxyActivities<BareActivities>({ taskQueue, startToCloseTimeout: '30 seconds' }).empty();
}
