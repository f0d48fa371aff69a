import type { Database } from '#db/database.ts';
import type { SyncStatus } from '#domain/plan.ts';

export interface SyncStats {
  total_contacts: number;
  synced: number;
  failed: number;
  excluded_customers: number;
  pending: number;
  not_eligible: number;
}

/** How many contacts stand where. Erased and merged contacts do not count. */
export async function readSyncStats(db: Database): Promise<SyncStats> {
  const rows = await db
    .selectFrom('contact')
    .select(({ fn }) => ['sync_status', fn.countAll<string>().as('count')])
    .where('deleted_at', 'is', null)
    .where('merged_into', 'is', null)
    .groupBy('sync_status')
    .execute();
  const counts = new Map<SyncStatus, number>(rows.map(({ sync_status, count }) => [sync_status, Number(count)]));
  const of = (status: SyncStatus) => counts.get(status) ?? 0;
  return {
    total_contacts: [...counts.values()].reduce((sum, count) => sum + count, 0),
    synced: of('synced'),
    failed: of('failed'),
    excluded_customers: of('excluded_customer'),
    pending: of('pending'),
    not_eligible: of('not_eligible'),
  };
}
