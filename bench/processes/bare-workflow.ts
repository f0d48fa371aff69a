import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './bare-worker.ts';

export const goSignal = defineSignal('go');

/**
 * As many activities as one synced contact needs, empty, and nothing else: those of a stage at once, one stage after the other, each
 * given by its task queue. Tells when the last of them ran.
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
