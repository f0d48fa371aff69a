import { Gauge, type Registry } from 'prom-client';
import { cacheFor } from '#concurrency/cache-for.ts';
import type { Database } from '#db/database.ts';
import { countPendingDeletes } from '#db/deletes/delete-requests.ts';
import { listLastRuns } from '#db/sync/reconcile-runs.ts';
import { toDrift } from '#domain/sync/drift.ts';
import { noCounts } from '#domain/sync/reconcile.ts';

const readCachedRuns = cacheFor(5_000, async (db: Database) =>
  (await listLastRuns(db)).map(({ provider, counts, doubt, remaining_now }) => ({
    ...{ account: provider, isDoubtful: doubt !== null },
    drift: toDrift({ ...noCounts, ...counts }, remaining_now),
  })),
);
const readCachedDeletes = cacheFor(5_000, countPendingDeletes);

/** Metrics of full passes and of deletes, read from the database as those of deliveries. */
export function addSyncMetrics(db: Database, registers: Registry[]): void {
  new Gauge({
    name: 'accord_drift_records',
    help: 'Records that the last full pass found to differ from what was known, by account: found, repaired, and remaining now',
    labelNames: ['account', 'kind'],
    registers,
    collect: async function () {
      this.reset();
      for (const { account, drift } of (await readCachedRuns(db).catch(() => null)) ?? [])
        for (const kind of ['found', 'repaired', 'remaining'] as const) this.set({ account, kind }, drift[kind]);
    },
  });
  new Gauge({
    name: 'accord_drift_percent',
    help: 'The same in per cent of the linked records of the account',
    labelNames: ['account', 'kind'],
    registers,
    collect: async function () {
      this.reset();
      for (const { account, drift } of (await readCachedRuns(db).catch(() => null)) ?? []) {
        this.set({ account, kind: 'found' }, drift.foundPercent);
        this.set({ account, kind: 'remaining' }, drift.remainingPercent);
      }
    },
  });
  new Gauge({
    name: 'accord_doubtful_listing',
    help: '1 when the last full pass over the account did not trust its listing, and followed no deletion',
    labelNames: ['account'],
    registers,
    collect: async function () {
      this.reset();
      for (const { account, isDoubtful } of (await readCachedRuns(db).catch(() => null)) ?? [])
        this.set({ account }, isDoubtful ? 1 : 0);
    },
  });
  new Gauge({
    name: 'accord_deletes_pending',
    help: 'Requests to delete records: open ones wait for a person, approved ones for their vendor',
    labelNames: ['state'],
    registers,
    collect: async function () {
      const counts = await readCachedDeletes(db).catch(() => null);
      if (!counts) return this.reset();
      this.set({ state: 'open' }, counts.open);
      this.set({ state: 'approved' }, counts.approved);
    },
  });
}
