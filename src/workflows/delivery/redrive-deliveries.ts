import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { StoreActivities } from '#activities/index.ts';
import { type RedriveInput, type RedriveProgress, redriveProgressQuery } from './messages.ts';

const { countDead, redriveDead } = proxyActivities<Pick<StoreActivities, 'countDead' | 'redriveDead'>>({
  startToCloseTimeout: '1 minute',
});

/** Batches after which the history is handed over to a fresh run. */
const batchesPerRun = 500;
const pauseMs = 1_000;
/** Deliveries a second: less than an endpoint that just came back can take. */
const usualRate = 50;

/**
 * Takes dead deliveries out of the dead letter queue, the oldest first and so many a second. Those that die again meanwhile are
 * left there. Cancelling it leaves the rest where they are.
 */
export async function redriveDeliveries(input: RedriveInput): Promise<RedriveProgress> {
  const perSecond = input.ratePerSecond ?? usualRate;
  const progress: RedriveProgress = { state: 'running', total: input.resume?.total ?? 0, redriven: input.resume?.redriven ?? 0 };
  setHandler(redriveProgressQuery, () => progress, { description: 'How many were dead, and how many were sent again.' });
  const until = input.resume?.until ?? input.filter.until ?? new Date(Date.now() + 1).toISOString();
  const filter = { ...input.filter, until };
  try {
    if (!input.resume) progress.total = await countDead({ filter });
    for (let batches = 0; batches < batchesPerRun && !workflowInfo().continueAsNewSuggested; batches += 1) {
      const { redriven } = await redriveDead({ filter, limit: perSecond });
      progress.redriven += redriven;
      if (redriven < perSecond) return end(progress, 'done');
      await sleep(pauseMs);
    }
  } catch (error) {
    if (!isCancellation(error) || !CancellationScope.current().consideredCancelled) throw error;
    end(progress, 'cancelled');
    throw error;
  }
  const { total, redriven } = progress;
  return continueAsNew<typeof redriveDeliveries>({ ...input, resume: { until, total, redriven } });
}

function end(progress: RedriveProgress, state: 'done' | 'cancelled'): RedriveProgress {
  progress.state = state;
  return progress;
}
