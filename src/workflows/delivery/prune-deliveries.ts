import { proxyActivities } from '@temporalio/workflow';
import type { PruneResult, RetentionDays, StoreActivities } from '#activities/index.ts';

const store = proxyActivities<Pick<StoreActivities, 'pruneWebhooks'>>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '5 minutes',
  // For three hours: a backup may hold the log, or the database be started anew.
  retry: { initialInterval: '30 seconds', maximumInterval: '30 minutes', maximumAttempts: 12 },
});

/** The input of `pruneWebhooks`. */
export interface PruneInput {
  retention: RetentionDays;
}

/** Removes what was sent too long ago, and makes room for the days to come. */
export function pruneDeliveries(input: PruneInput): Promise<PruneResult> {
  return store.pruneWebhooks(input);
}
