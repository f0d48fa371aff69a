import type { Database } from '#db/database.ts';
import type { SyncStatus } from '#domain/sync/plan.ts';

export interface SyncStats {
  total_contacts: number;
  synced: number;
  failed: number;
  excluded_customers: number;
  pending: number;
  /** May be a contact that is known already: no record is created until a person decides. */
  waiting: number;
  /** Would be written to an account that is not live yet. */
  held: number;
  not_eligible: number;
}

/** Counts contacts by sync status, without deleted and merged ones. */
export async function readSyncStats(db: Database): Promise<SyncStats> {
  const rows = await db
    .selectFrom('contact')
    .select(({ fn }) => ['sync_status', fn.countAll<string>().as('count')])
    .where('deleted_at', 'is', null)
    .where('merged_into', 'is', null)
    .groupBy('sync_status')
    .execute();
  const counts = new Map<SyncStatus, number>(rows.map(({ sync_status, count }) => [sync_status, Number(count)]));
  const countOf = (status: SyncStatus) => counts.get(status) ?? 0;
  return {
    total_contacts: [...counts.values()].reduce((sum, count) => sum + count, 0),
    synced: countOf('synced'),
    failed: countOf('failed'),
    excluded_customers: countOf('excluded_customer'),
    pending: countOf('pending'),
    waiting: countOf('waiting'),
    held: countOf('held'),
    not_eligible: countOf('not_eligible'),
  };
}
