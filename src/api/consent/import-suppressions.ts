import type { Readable } from 'node:stream';
import type { ApiDeps } from '#api/deps.ts';
import { type Suppressed, suppress } from '#contacts/consent/suppress.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { listByKeys } from '#db/consent/suppressions.ts';
import type { RefusalKey } from '#domain/refusal.ts';
import { type ReadRow, readRows } from './read-rows.ts';

interface ImportOptions {
  isDryRun: boolean;
  /** The countries of numbers that are typed without one. */
  regions: readonly string[];
  actor: string;
  /** For rows without a reason of their own. */
  reason: string | null;
}

export interface ImportResult {
  rows: number;
  added: number;
  known: number;
  failed: number;
  errors: { line: number; detail: string }[];
}

const batchSize = 500;
const maxErrors = 100;

/**
 * Suppresses the numbers and addresses of a CSV file, in batches while it arrives. The contacts of each batch are signalled once it is
 * stored; the sweeper finds those that this process could not signal.
 */
export async function importSuppressions(deps: ApiDeps, file: Readable, options: ImportOptions): Promise<ImportResult> {
  const result: ImportResult = { rows: 0, added: 0, known: 0, failed: 0, errors: [] };
  let batch: ReadRow[] = [];
  for await (const row of readRows(file, options.regions)) {
    result.rows += 1;
    if (row.keys === null) {
      result.failed += 1;
      if (result.errors.length < maxErrors) result.errors.push({ line: row.line, detail: row.because });
      continue;
    }
    batch.push(row);
    if (batch.length < batchSize) continue;
    await store(deps, batch, options, result);
    batch = [];
  }
  await store(deps, batch, options, result);
  return result;
}

async function store(deps: ApiDeps, batch: readonly ReadRow[], options: ImportOptions, result: ImportResult): Promise<void> {
  if (batch.length === 0) return;
  const entries = distinct(batch);
  const known = await listByKeys(
    deps.db,
    entries.map(({ key }) => key),
  );
  if (options.isDryRun) {
    result.known += known.length;
    result.added += entries.length - known.length;
    return;
  }
  const { added, dirty } = await addAll(deps, entries, options);
  result.added += added.length;
  result.known += entries.length - added.length;
  for (const link of dirty) deps.dispatcher.offer(link);
}

/** Rows with one reason and wording are added together: in most files all have the same. */
function addAll(deps: ApiDeps, entries: readonly KeyOfRow[], { actor, reason }: ImportOptions): Promise<Suppressed> {
  const groups = [...Map.groupBy(entries, ({ row }) => JSON.stringify([row.reason ?? reason, row.wording])).values()];
  return inTransaction(deps.contacts, async (transaction) => {
    const done: Suppressed = { added: [], dirty: [] };
    for (const group of groups) {
      const row = group[0]?.row;
      const said = { reason: row?.reason ?? reason, wording: row?.wording ?? null };
      const keys = group.map(({ key }) => key);
      const { added, dirty } = await suppress(transaction, { keys, source: 'import', actor, ...said });
      done.added.push(...added);
      done.dirty.push(...dirty);
    }
    return done;
  });
}

interface KeyOfRow {
  key: RefusalKey;
  row: ReadRow;
}

/** Each key once, in one order: two imports at once must not wait for each other. */
function distinct(batch: readonly ReadRow[]): KeyOfRow[] {
  const byName = new Map<string, KeyOfRow>();
  for (const row of batch)
    for (const key of row.keys) {
      const name = `${key.kind}/${key.value}/${key.channel}`;
      if (!byName.has(name)) byName.set(name, { key, row });
    }
  return [...byName].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
}
