import type { Database } from '#db/database.ts';
import { addAttemptDays, dropAttemptDay, isDayExported, listAttemptDays, markDayExported } from '#db/delivery/attempt-days.ts';
import { type ExportedRow, exportAttempts, exportDeliveries } from '#db/delivery/exports.ts';
import {
  type Cutoffs,
  cancelForDeletedEndpoints,
  cutoffsAt,
  expireOverdueDeliveries,
  firstId,
  listOldDeliveries,
  type RetentionDays,
  removeDeliveries,
  removeEvents,
  removeIdempotencyKeys,
} from '#db/delivery/prune.ts';
import { type ExportFiles, openExportFiles } from './export-files.ts';

export interface PruneResult {
  attemptDays: number;
  /** Deliveries that had waited for too long, and are dead letters now. */
  expired: number;
  deliveries: number;
  events: number;
}

export interface PruneOptions {
  retention: RetentionDays;
  /** Where what is removed is kept as files; null for nowhere. */
  exportDirectory: string | null;
  now: Date;
  onProgress(): void;
}

/** Days of the log that are made ahead: a schedule that stands still for a while does no harm. */
const daysAhead = 8;
/** Rows in one statement: short transactions, so that nothing waits for them. */
const rowsAtOnce = 5_000;
/** So many deliveries to a file: their ids are remembered until it is complete. */
const rowsPerFile = 50_000;

/**
 * Makes room: days of the log go as a whole, the rest in portions. With a directory nothing goes that is not in a file there. A part
 * that fails, because a backup holds the log or the directory is full, keeps none of the others from being done; then it throws.
 */
export async function pruneDeliveries(db: Database, options: PruneOptions): Promise<PruneResult> {
  const { now, retention, exportDirectory, onProgress } = options;
  const run: Run = { db, cutoffs: cutoffsAt(now, retention), exportDirectory, now, onProgress };
  const pruned: PruneResult = { attemptDays: 0, expired: 0, deliveries: 0, events: 0 };
  const failures: unknown[] = [];
  for (const part of [makeRoomAhead, settleWaiting, removeOldDeliveries, removeOldEvents, removeAttempts])
    await part(run, pruned).catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  return pruned;
}

interface Run {
  db: Database;
  cutoffs: Cutoffs;
  exportDirectory: string | null;
  now: Date;
  onProgress(): void;
}

async function makeRoomAhead({ db, now }: Run): Promise<void> {
  await removeIdempotencyKeys(db, now);
  await addAttemptDays(db, { first: now, days: daysAhead });
}

async function settleWaiting({ db, cutoffs, now, onProgress }: Run, pruned: PruneResult): Promise<void> {
  await cancelForDeletedEndpoints(db);
  for (let expired = rowsAtOnce; expired === rowsAtOnce; onProgress()) {
    expired = await expireOverdueDeliveries(db, { cutoffs, now, limit: rowsAtOnce });
    pruned.expired += expired;
  }
}

async function removeOldDeliveries(run: Run, pruned: PruneResult): Promise<void> {
  const { db, cutoffs, onProgress } = run;
  const files = await openFiles(run);
  for (let after = firstId; ; ) {
    const ids = await takeOldDeliveries(run, files, after);
    for (let from = 0; from < ids.length; from += rowsAtOnce) {
      pruned.deliveries += await removeDeliveries(db, ids.slice(from, from + rowsAtOnce), cutoffs);
      onProgress();
    }
    if (ids.length === 0) return;
    after = ids.at(-1) as string;
  }
}

/** Ids of those that may go now; where there are files, they stand in one. */
async function takeOldDeliveries(
  { db, cutoffs, now, onProgress }: Run,
  files: ExportFiles | null,
  after: string,
): Promise<string[]> {
  if (files === null) return listOldDeliveries(db, { cutoffs, after, limit: rowsAtOnce });
  const ids: string[] = [];
  const rows = exportDeliveries(db, { cutoffs, after, limit: rowsPerFile });
  await files.write(`webhook-deliveries-${now.toISOString().slice(0, 10)}`, linesOf(rows, onProgress, ids));
  return ids;
}

async function removeOldEvents({ db, cutoffs, onProgress }: Run, pruned: PruneResult): Promise<void> {
  for (let after: string | null = firstId; after !== null; ) {
    const { removed, last } = await removeEvents(db, { cutoffs, after, limit: rowsAtOnce });
    pruned.events += removed;
    onProgress();
    after = last;
  }
}

async function removeAttempts(run: Run, pruned: PruneResult): Promise<void> {
  const { db, cutoffs, onProgress } = run;
  const files = await openFiles(run);
  for (const day of await listAttemptDays(db, cutoffs.attempts)) {
    if (files && !(await isDayExported(db, day))) {
      await files.write(`webhook-attempts-${day}`, linesOf(exportAttempts(db, day), onProgress));
      await markDayExported(db, day);
    }
    await dropAttemptDay(db, day);
    pruned.attemptDays += 1;
    onProgress();
  }
}

async function openFiles({ exportDirectory }: Run): Promise<ExportFiles | null> {
  return exportDirectory === null ? null : openExportFiles(exportDirectory);
}

async function* linesOf(portions: AsyncIterable<ExportedRow[]>, onProgress: () => void, ids: string[] = []) {
  for await (const rows of portions) {
    for (const { id } of rows) ids.push(id);
    onProgress();
    yield rows.map(({ line }) => line);
  }
}
