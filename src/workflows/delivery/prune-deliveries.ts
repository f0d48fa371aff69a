import type { PrunedRecords, PruneResult, RecordRetentionDays, RetentionDays, StoreActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';

const store = describedActivities<Pick<StoreActivities, 'pruneWebhooks' | 'pruneRecords'>>(
  {
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '5 minutes',
    // Retries last three hours: a backup may lock the log, or the database may restart.
    retry: { initialInterval: '30 seconds', maximumInterval: '30 minutes', maximumAttempts: 12 },
  },
  { pruneWebhooks: 'Remove old deliveries and attempts', pruneRecords: 'Remove old records of the sync' },
);

/** The input of `pruneWebhooks`. */
export interface PruneInput {
  retention: RetentionDays;
  /** Absent in schedules of an earlier version. */
  records?: RecordRetentionDays;
}

/** Deletes rows past their retention, and creates partitions for the next days. A part that fails does not stop the other one. */
export async function pruneDeliveries({ retention, records }: PruneInput): Promise<PruneResult & { records?: PrunedRecords }> {
  if (!records) return store.pruneWebhooks({ retention });
  const [deliveries, pruned] = await Promise.all([
    store.pruneWebhooks({ retention }),
    store.pruneRecords({ retention: records }),
  ]);
  return { ...deliveries, records: pruned };
}
