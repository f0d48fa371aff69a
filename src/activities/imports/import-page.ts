import { storeObservation } from '#activities/contact/observe-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { type CheckedRow, checkRows, type RowToCheck } from '#contacts/imports/check-rows.ts';
import { importProvider } from '#contacts/imports/import-provider.ts';
import { moveImport } from '#contacts/imports/move-import.ts';
import { claimLink } from '#db/contacts/links.ts';
import type { ContactImport } from '#db/imports/imports.ts';
import {
  addProblem,
  type ImportRow,
  listRows,
  type RowOutcome,
  removeRows,
  saveOutcomes,
  saveRowCount,
} from '#db/imports/rows.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { importSource } from './import-source.ts';

/** Rows that are compared with the contacts in the same few queries. */
const checkedAtOnce = 500;
/** One part of a page is compared while the database looks for the contacts of the next one. */
const partsOfPage = 4;
const concurrentParts = 2;
const importedAtOnce = 200;
const concurrentRows = 8;

/** Contacts to push, by provider. */
export type PushByProvider = Record<string, string[]>;

/** Compares the next rows of a dry run with the contacts, and ends it behind the last one. */
export async function checkPage({ db, ...deps }: ActivityDeps, { id, position }: ContactImport): Promise<void> {
  const rows = await listRows(db, { importId: id, after: position, limit: partsOfPage * checkedAtOnce });
  const last = rows.at(-1);
  if (last === undefined) {
    await saveRowCount(db, id);
    return void (await moveImport(db, id, 'checked'));
  }
  const parts = Array.from({ length: Math.ceil(rows.length / checkedAtOnce) }, (_, at) =>
    rows.slice(at * checkedAtOnce, (at + 1) * checkedAtOnce),
  );
  const checked = await mapConcurrently(parts, concurrentParts, (part) =>
    checkRows(db, deps, { importId: id, rows: part.map(toRowToCheck) }),
  );
  const outcomes = checked.flat();
  const numbers = outcomes.flatMap(({ number, isErased }) => (isErased ? number : []));
  await addProblem(db, { importId: id, numbers, problem: { column: null, message: erased } });
  await saveOutcomes(db, 'checked', { importId: id, position: last.number, outcomes });
}

/**
 * Imports the next rows, and ends the import behind the last one. A page that was cut off is imported again: a row that has a link keeps it,
 * and changes nothing a second time.
 */
export async function importPage(
  deps: ActivityDeps,
  { id, position }: ContactImport,
  { cause, isLastAttempt }: { cause: string; isLastAttempt: boolean },
): Promise<PushByProvider> {
  const { db } = deps;
  const rows = await listRows(db, { importId: id, after: position, limit: importedAtOnce });
  const last = rows.at(-1);
  if (last === undefined) {
    await saveRowCount(db, id);
    if (await moveImport(db, id, 'completed')) await removeRows(db, id, 'without problems');
    return {};
  }
  const withImports = { ...deps, providers: new Map([...deps.providers, [importProvider.id, importSource]]) };
  const checked = await checkRows(db, deps, { importId: id, rows: rows.map(toRowToCheck) });
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  const push: PushByProvider = {};
  const outcomes = await mapConcurrently(checked, concurrentRows, async (each) => {
    const row = byNumber.get(each.number);
    const imported = await importRow(withImports, { importId: id, row, checked: each, cause, isLastAttempt });
    for (const provider of imported.outOfStep)
      push[provider] = [...new Set([...(push[provider] ?? []), imported.contactId ?? ''])];
    return imported;
  });
  await saveOutcomes(db, 'imported', { importId: id, position: last.number, outcomes });
  return push;
}

interface RowToImport {
  importId: string;
  row: ImportRow | undefined;
  checked: CheckedRow;
  cause: string;
  isLastAttempt: boolean;
}

type ImportedRow = RowOutcome & { outOfStep: string[] };

/** A row that adds nothing leaves no trace. */
async function importRow(
  deps: ActivityDeps,
  { importId, row, checked, cause, isLastAttempt }: RowToImport,
): Promise<ImportedRow> {
  if (!row?.values || checked.outcome === 'unchanged') return { ...checked, outOfStep: [] };
  const externalId = `${importId}/${row.number}`;
  const link = await claimLink(deps.db, { provider: importProvider.id, accountId: importSource.client.accountId, externalId });
  const record: ProviderRecord = {
    ...{ externalId, version: null, updatedAt: null, reference: null, complete: true, values: row.values, onlyFills: true },
    ...(row.named_id !== null && { contactId: row.named_id }),
  };
  try {
    const { contactId, outcome, outOfStep } = await storeObservation(deps, { linkId: link.id, record, cause });
    if (outcome === 'gone') return await leaveOut(deps, { importId, row, message: erased });
    return { ...checked, contactId, outcome: toOutcome(checked, { isNew: contactId === link.contact_id, outcome }), outOfStep };
  } catch (error) {
    // The next attempt of the page may succeed; after the last one, one row must not stop the others.
    if (!isLastAttempt) throw error;
    deps.log?.warn({ importId, line: row.line, err: error }, 'A row could not be imported');
    return await leaveOut(deps, { importId, row, message: notStored });
  }
}

async function leaveOut(
  { db }: ActivityDeps,
  { importId, row: { number }, message }: { importId: string; row: ImportRow; message: string },
): Promise<ImportedRow> {
  await addProblem(db, { importId, numbers: [number], problem: { column: null, message } });
  return { number, outcome: 'unreadable', contactId: null, changes: [], outOfStep: [] };
}

const erased = 'The person was erased, and stays so: accord erasures --lift lets the person come back.';
const notStored = 'The row could not be stored: the log of the worker has the reason. Import it again.';

function toOutcome(checked: CheckedRow, { isNew, outcome }: { isNew: boolean; outcome: string }): RowOutcome['outcome'] {
  if (isNew) return checked.outcome === 'asked' ? 'asked' : 'new';
  // Rows of one page are imported at once: either of two equal ones may be the first.
  if (checked.outcome === 'repeated' || checked.outcome === 'new') return 'repeated';
  return outcome === 'changed' ? 'changed' : 'unchanged';
}

function toRowToCheck({ number, values, named_id: namedId }: ImportRow): RowToCheck {
  return { number, values, namedId };
}
