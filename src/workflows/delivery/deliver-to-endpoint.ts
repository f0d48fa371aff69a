import { allHandlersFinished, condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { DrainResult } from '#activities/delivery/drain-endpoint.ts';
import type { DeliveryActivities, StoreActivities } from '#activities/index.ts';
import { retryNowSignal } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';
import { showEndpoint } from './endpoint-display.ts';
import { type DeliverInput, type DeliveryTiming, deliveriesDueSignal, deliveryTiming } from './messages.ts';

const store = proxyActivities<Pick<StoreActivities, 'hurryDeliveries'>>({ startToCloseTimeout: '10 seconds' });

/**
 * Sends one subscriber what is due to it. All that is to be known stands in rows, and one activity works them off for as long as
 * there are any: a dead subscriber holds this workflow and nothing else. Ends when nothing is due any more.
 */
export async function deliverToEndpoint(input: DeliverInput): Promise<DrainResult> {
  const { endpointId } = input;
  const timing = { ...deliveryTiming, ...input.timing };
  const { drainEndpoint } = deliveryActivities(input.taskQueuePrefix, timing);
  let isWoken = false;
  listen(endpointId, () => {
    isWoken = true;
  });

  for (let drains = 0; drains < timing.drainsPerRun && !workflowInfo().continueAsNewSuggested; drains += 1) {
    isWoken = false;
    const result = await drainEndpoint({ endpointId, lingerMs: timing.lingerMs, stayAtMostMs: timing.stayAtMostMs });
    showEndpoint(result);
    await condition(allHandlersFinished);
    if (isWoken) continue;
    if (result.nextAt === null) return result;
    // Drains of an earlier version did not say how long.
    await condition(() => isWoken, Math.max(1, result.nextInMs ?? Date.parse(result.nextAt) - Date.now()));
  }
  await condition(allHandlersFinished);
  return continueAsNew<typeof deliverToEndpoint>(input);
}

function deliveryActivities(taskQueuePrefix: string, { stayAtMostMs, heartbeatTimeoutMs }: DeliveryTiming) {
  return proxyActivities<DeliveryActivities>({
    taskQueue: taskQueues(taskQueuePrefix).delivery,
    // The drain ends by itself: with what is under way, which takes as long as the slowest answer that an endpoint is allowed.
    startToCloseTimeout: stayAtMostMs + 10 * 60_000,
    heartbeatTimeout: heartbeatTimeoutMs,
    retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  });
}

function listen(endpointId: string, wake: () => void): void {
  setHandler(deliveriesDueSignal, wake, { description: 'A delivery is due.' });
  setHandler(
    retryNowSignal,
    async () => {
      await store.hurryDeliveries({ endpointId });
      wake();
    },
    { description: 'Try everything that waits, now, also where the breaker is open. Takes no input.' },
  );
}
