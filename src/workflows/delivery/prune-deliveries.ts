import { proxyActivities } from '@temporalio/workflow';
import type { PruneResult, RetentionDays, StoreActivities } from '#activities/index.ts';

const store = proxyActivities<Pick<StoreActivities, 'pruneWebhooks'>>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '5 minutes',
  // Retries last three hours: a backup may lock the log, or the database may restart.
  retry: { initialInterval: '30 seconds', maximumInterval: '30 minutes', maximumAttempts: 12 },
});

/** The input of `pruneWebhooks`. */
export interface PruneInput {
  retention: RetentionDays;
}

/** Deletes rows past their retention, and creates partitions for the next days. */
export function pruneDeliveries(input: PruneInput): Promise<PruneResult> {
  return store.pruneWebhooks(input);
}
