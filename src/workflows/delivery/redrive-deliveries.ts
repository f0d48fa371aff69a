import { CancellationScope, continueAsNew, isCancellation, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { StoreActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import { inWords } from '#workflows/in-words.ts';
import { type RedriveInput, type RedriveProgress, redriveProgressQuery } from './messages.ts';

const { countDead, redriveDead } = describedActivities<Pick<StoreActivities, 'countDead' | 'redriveDead'>>(
  { startToCloseTimeout: '1 minute' },
  { countDead: 'Count the dead letters', redriveDead: 'Make some dead letters due again' },
);

/** Batches before continue-as-new. */
const batchesPerRun = 500;
const pauseMs = 1_000;
/** Per second: less than an endpoint that has just recovered can take. */
const defaultRate = 50;

/**
 * Makes dead letters due again, oldest first, at a steady rate. Those that die again meanwhile stay dead letters, and so do the rest when
 * the workflow is cancelled.
 */
export async function redriveDeliveries(input: RedriveInput): Promise<RedriveProgress> {
  const perSecond = input.ratePerSecond ?? defaultRate;
  const progress: RedriveProgress = { state: 'running', total: input.resume?.total ?? 0, redriven: input.resume?.redriven ?? 0 };
  setHandler(redriveProgressQuery, () => progress, { description: 'How many dead letters matched, and how many are due again.' });
  const until = input.resume?.until ?? input.filter.until ?? new Date(Date.now() + 1).toISOString();
  const filter = { ...input.filter, until };
  try {
    if (!input.resume) progress.total = await countDead({ filter });
    for (let batches = 0; batches < batchesPerRun && !workflowInfo().continueAsNewSuggested; batches += 1) {
      const { redriven } = await redriveDead({ filter, limit: perSecond });
      progress.redriven += redriven;
      if (redriven < perSecond) return end(progress, 'done');
      await sleep(pauseMs, {
        summary: `${progress.redriven} of ${progress.total} are due again: next ones in ${inWords(pauseMs)}`,
      });
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
