import type { Database } from '#db/database.ts';
import { removeOldAnswers } from '#db/idempotency-keys.ts';
import { removeForgottenParts } from '#db/imports/parts.ts';
import { expireUndo } from '#db/sync/go-live-runs.ts';
import { dropReadBodies, type RecordKind, type RecordRetentionDays, recordKinds, removeOldRecords } from '#db/sync/prune.ts';

/** The number of removed rows by kind. */
export type PrunedRecords = Record<RecordKind, number>;

export interface PruneRecordsOptions {
  retention: RecordRetentionDays;
  now: Date;
  onProgress(): void;
}

/** Per statement: short transactions block nothing for long. */
const maxRows = 5_000;
const dayMs = 86_400_000;
/** Kept for debugging a fault of the same day. */
const bodyDays = 1;
/** A repeated request gets its first answer for a day. */
const answerDays = 1;

/** Removes rows past their retention, expired answers, and the bodies of webhooks whose record was read since. */
export async function pruneRecords(db: Database, { retention, now, onProgress }: PruneRecordsOptions): Promise<PrunedRecords> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
  // Before the first of its writes is removed: half of a go-live must not be undone.
  await expireUndo(db, daysAgo(retention.writes));
  const pruned = Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as PrunedRecords;
  for (const kind of recordKinds) {
    // A run that started under an earlier version lacks kinds that were added since.
    const { [kind]: days }: Partial<RecordRetentionDays> = retention;
    if (days === undefined) continue;
    const before = daysAgo(days);
    pruned[kind] = await inPortions(() => removeOldRecords(db, kind, { before, limit: maxRows }), onProgress);
  }
  await removeForgottenParts(db, daysAgo(bodyDays));
  // A request with such a key removes expired ones, too, but there may be none for months.
  await inPortions(() => removeOldAnswers(db, { before: daysAgo(answerDays), limit: maxRows }), onProgress);
  await inPortions(() => dropReadBodies(db, { before: daysAgo(bodyDays), limit: maxRows }), onProgress);
  return pruned;
}

/** Repeats a statement until it finds less than a portion. Resolves to the number of rows. */
async function inPortions(statement: () => Promise<number>, onProgress: () => void): Promise<number> {
  let total = 0;
  for (let rows = maxRows; rows === maxRows; onProgress()) {
    rows = await statement();
    total += rows;
  }
  return total;
}
