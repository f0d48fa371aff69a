import { proxyActivities } from '@temporalio/workflow';
import type { Pruned, RetentionDays, StoreActivities } from '../activities/index.ts';

const store = proxyActivities<Pick<StoreActivities, 'pruneWebhooks'>>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '5 minutes',
  // A quarter of an hour: a database that is started anew at night costs no night.
  retry: { initialInterval: '30 seconds', maximumAttempts: 6 },
});

/** The input of `pruneWebhooks`. */
export interface PruneInput {
  retention: RetentionDays;
}

/** Removes what was sent too long ago, and makes room for the days to come. */
export function pruneWebhooks(input: PruneInput): Promise<Pruned> {
  return store.pruneWebhooks(input);
}
