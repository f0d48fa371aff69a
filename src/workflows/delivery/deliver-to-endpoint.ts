import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { DrainResult } from '#activities/delivery/drain-endpoint.ts';
import type { DeliveryActivities, StoreActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import { inWords } from '#workflows/in-words.ts';
import { retryNowSignal } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';
import { showEndpoint } from './endpoint-display.ts';
import { type DeliverInput, type DeliveryTiming, deliveriesDueSignal, deliveryTiming } from './messages.ts';

const store = describedActivities<Pick<StoreActivities, 'hurryDeliveries'>>(
  { startToCloseTimeout: '10 seconds' },
  { hurryDeliveries: 'Make all pending deliveries due now' },
);

/**
 * Sends one endpoint its deliveries. Rows hold the state, and one activity sends the due deliveries: an endpoint that
 * hangs blocks no other. Completes when nothing is pending.
 */
export async function deliverToEndpoint(input: DeliverInput): Promise<DrainResult> {
  const { endpointId } = input;
  const timing = { ...deliveryTiming, ...input.timing };
  const { drainEndpoint } = deliveryActivities(input.taskQueuePrefix, timing);
  let isWoken = false;
  handleSignals(endpointId, () => {
    isWoken = true;
  });

  for (let drains = 0; drains < timing.drainsPerRun && !workflowInfo().continueAsNewSuggested; drains += 1) {
    isWoken = false;
    const result = await drainEndpoint({ endpointId, lingerMs: timing.lingerMs, stayAtMostMs: timing.maxStayMs });
    showEndpoint(result);
    await condition(allHandlersFinished);
    if (isWoken) continue;
    if (result.nextAt === null) return result;
    // Results of an earlier version lack `nextInMs`.
    const wait = Math.max(1, result.nextInMs ?? Date.parse(result.nextAt) - Date.now());
    await condition(() => isWoken, wait, { summary: waitSummary(result, wait) });
  }
  await condition(allHandlersFinished);
  return continueAsNew<typeof deliverToEndpoint>(input);
}

/** Counts only: the error of the last attempt is a subscriber's text, and stands in the details. */
function waitSummary({ pending, breaker }: DrainResult, waitMs: number): string {
  const reason = breaker === 'closed' ? '' : ', the breaker is open';
  return `${pending} pending${reason}: next attempt in ${inWords(waitMs)}, or on the signal retryNow`;
}

function deliveryActivities(taskQueuePrefix: string, { maxStayMs, heartbeatTimeoutMs }: DeliveryTiming) {
  return describedActivities<DeliveryActivities>(
    {
      taskQueue: taskQueues(taskQueuePrefix).delivery,
      // A drain ends by itself, after its attempts in flight: they may take as long as the timeout of the endpoint allows.
      startToCloseTimeout: maxStayMs + 10 * 60_000,
      heartbeatTimeout: heartbeatTimeoutMs,
      retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
    },
    { drainEndpoint: 'Send the deliveries that are due' },
  );
}

function handleSignals(endpointId: string, wake: () => void): void {
  setHandler(deliveriesDueSignal, wake, { description: 'A delivery is due.' });
  setHandler(
    retryNowSignal,
    async () => {
      await store.hurryDeliveries({ endpointId });
      wake();
    },
    { description: 'Retry all pending deliveries now, through an open breaker as well. Takes no input.' },
  );
}
