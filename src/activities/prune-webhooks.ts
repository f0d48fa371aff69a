import { addAttemptDays, dropAttemptDay, listAttemptDays } from '../db/attempt-days.ts';
import type { Database } from '../db/database.ts';
import {
  type Cutoffs,
  cancelOfDeleted,
  cutoffsAt,
  expireWaiting,
  firstId,
  listOldDeliveries,
  type RetentionDays,
  removeDeliveries,
  removeEvents,
  removeIdempotencyKeys,
} from '../db/prune-webhooks.ts';
import { type ExportedRow, exportAttempts, exportDeliveries } from '../db/webhook-exports.ts';
import { type ExportFiles, openExportFiles } from './export-files.ts';

export interface Pruned {
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

/** Makes room: days of the log go as a whole, the rest in portions. With a directory nothing goes that is not in a file there. */
export async function pruneWebhooks(db: Database, options: PruneOptions): Promise<Pruned> {
  const { now, retention, exportDirectory, onProgress } = options;
  const cutoffs = cutoffsAt(now, retention);
  await addAttemptDays(db, { first: now, days: daysAhead });
  await removeIdempotencyKeys(db, now);
  await cancelOfDeleted(db);
  const portions = (work: () => Promise<number>) => inPortions(work, onProgress);
  const expired = await portions(() => expireWaiting(db, { cutoffs, now, limit: rowsAtOnce }));
  const files = exportDirectory === null ? null : await openExportFiles(exportDirectory);
  const run: Run = { db, cutoffs, files, day: now.toISOString().slice(0, 10), onProgress };
  const attemptDays = await removeAttempts(run);
  const deliveries = await removeOldDeliveries(run);
  const events = await removeOldEvents(run);
  return { attemptDays, expired, deliveries, events };
}

interface Run {
  db: Database;
  cutoffs: Cutoffs;
  files: ExportFiles | null;
  /** Today, UTC. */
  day: string;
  onProgress(): void;
}

async function removeAttempts({ db, cutoffs, files, onProgress }: Run): Promise<number> {
  const days = await listAttemptDays(db, cutoffs.attempts);
  for (const day of days) {
    await files?.write(`webhook-attempts-${day}`, linesOf(exportAttempts(db, day), onProgress));
    await dropAttemptDay(db, day);
    onProgress();
  }
  return days.length;
}

async function removeOldDeliveries(run: Run): Promise<number> {
  const { db, cutoffs, onProgress } = run;
  let removed = 0;
  for (let after = firstId; ; ) {
    const ids = await takeOldDeliveries(run, after);
    for (let from = 0; from < ids.length; from += rowsAtOnce) {
      removed += await removeDeliveries(db, ids.slice(from, from + rowsAtOnce), cutoffs);
      onProgress();
    }
    if (ids.length === 0) return removed;
    after = ids.at(-1) as string;
  }
}

/** Ids of those that may go now; where there are files, they stand in one. */
async function takeOldDeliveries({ db, cutoffs, files, day, onProgress }: Run, after: string): Promise<string[]> {
  if (files === null) return listOldDeliveries(db, { cutoffs, after, limit: rowsAtOnce });
  const ids: string[] = [];
  const rows = exportDeliveries(db, { cutoffs, after, limit: rowsPerFile });
  await files.write(`webhook-deliveries-${day}`, linesOf(rows, onProgress, ids));
  return ids;
}

async function removeOldEvents({ db, cutoffs, onProgress }: Run): Promise<number> {
  let total = 0;
  for (let after: string | null = firstId; after !== null; ) {
    const { removed, last } = await removeEvents(db, { cutoffs, after, limit: rowsAtOnce });
    total += removed;
    onProgress();
    after = last;
  }
  return total;
}

async function* linesOf(portions: AsyncIterable<ExportedRow[]>, onProgress: () => void, ids: string[] = []) {
  for await (const rows of portions) {
    for (const { id } of rows) ids.push(id);
    onProgress();
    yield rows.map(({ line }) => line);
  }
}

async function inPortions(work: () => Promise<number>, onProgress: () => void): Promise<number> {
  for (let total = 0; ; ) {
    const done = await work();
    total += done;
    onProgress();
    if (done < rowsAtOnce) return total;
  }
}
