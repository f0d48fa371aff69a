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
  /** Overdue deliveries that became dead letters. */
  expired: number;
  deliveries: number;
  events: number;
}

export interface PruneOptions {
  retention: RetentionDays;
  /** Rows are written to files here before they are removed; null: they are not kept. */
  exportDirectory: string | null;
  now: Date;
  onProgress(): void;
}

/** Partitions are created this many days ahead, so that a paused schedule does no harm. */
const daysAhead = 8;
/** Per statement: short transactions block nothing for long. */
const maxRowsPerStatement = 5_000;
/** Deliveries per file: their ids stay in memory until it is complete. */
const maxRowsPerFile = 50_000;

/**
 * Removes rows past their retention: attempts by partition, the rest in portions. With an export directory, only rows that are in a file
 * there. A part that fails, because a backup locks the log or the directory is full, does not stop the other parts: the first error is
 * thrown at the end.
 */
export async function pruneDeliveries(db: Database, options: PruneOptions): Promise<PruneResult> {
  const { now, retention, exportDirectory, onProgress } = options;
  const run: Run = { db, cutoffs: cutoffsAt(now, retention), exportDirectory, now, onProgress };
  const pruned: PruneResult = { attemptDays: 0, expired: 0, deliveries: 0, events: 0 };
  const failures: unknown[] = [];
  for (const part of [prepareNextDays, expireOverdue, removeOldDeliveries, removeOldEvents, removeOldAttempts])
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

async function prepareNextDays({ db, now }: Run): Promise<void> {
  await removeIdempotencyKeys(db, now);
  await addAttemptDays(db, { first: now, days: daysAhead });
}

async function expireOverdue({ db, cutoffs, now, onProgress }: Run, pruned: PruneResult): Promise<void> {
  await cancelForDeletedEndpoints(db);
  for (let expired = maxRowsPerStatement; expired === maxRowsPerStatement; onProgress()) {
    expired = await expireOverdueDeliveries(db, { cutoffs, now, limit: maxRowsPerStatement });
    pruned.expired += expired;
  }
}

async function removeOldDeliveries(run: Run, pruned: PruneResult): Promise<void> {
  const { db, cutoffs, onProgress } = run;
  const files = await openFiles(run);
  for (let after: string | undefined = firstId; after !== undefined; ) {
    const ids: string[] = await takeOldDeliveries(run, files, after);
    for (let from = 0; from < ids.length; from += maxRowsPerStatement) {
      pruned.deliveries += await removeDeliveries(db, ids.slice(from, from + maxRowsPerStatement), cutoffs);
      onProgress();
    }
    after = ids.at(-1);
  }
}

/** Ids of the next deliveries to remove, exported first where there is a directory. */
async function takeOldDeliveries(
  { db, cutoffs, now, onProgress }: Run,
  files: ExportFiles | null,
  after: string,
): Promise<string[]> {
  if (files === null) return listOldDeliveries(db, { cutoffs, after, limit: maxRowsPerStatement });
  const ids: string[] = [];
  const rows = exportDeliveries(db, { cutoffs, after, limit: maxRowsPerFile });
  await files.write(`webhook-deliveries-${now.toISOString().slice(0, 10)}`, linesOf(rows, onProgress, ids));
  return ids;
}

async function removeOldEvents({ db, cutoffs, onProgress }: Run, pruned: PruneResult): Promise<void> {
  for (let after: string | null = firstId; after !== null; ) {
    const { removed, last } = await removeEvents(db, { cutoffs, after, limit: maxRowsPerStatement });
    pruned.events += removed;
    onProgress();
    after = last;
  }
}

async function removeOldAttempts(run: Run, pruned: PruneResult): Promise<void> {
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
