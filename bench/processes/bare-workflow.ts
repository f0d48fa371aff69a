import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './bare-worker.ts';

export const goSignal = defineSignal('go');

/** As many activities as one synced contact needs, empty, and nothing else. Tells when the last of them ran. */
export async function bareWorkflow({ activityQueue }: { activityQueue: string }): Promise<number> {
  let isSignalled = false;
  setHandler(goSignal, () => {
    isSignalled = true;
  });
  await condition(() => isSignalled);
  const { empty } = proxyActivities<BareActivities>({ taskQueue: activityQueue, startToCloseTimeout: '30 seconds' });
  await empty();
  return empty();
}
