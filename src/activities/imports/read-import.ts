import { createHash } from 'node:crypto';
import type { ActivityDeps } from '#activities/deps.ts';
import { mappingSchema } from '#contact-files/csv/mapping.ts';
import { FileProblem } from '#contact-files/file-problem.ts';
import type { ContactFile, FileRow } from '#contact-files/file-row.ts';
import { openContactFile } from '#contact-files/open-file.ts';
import { moveImport } from '#contacts/imports/move-import.ts';
import { type ContactImport, findEqualImport } from '#db/imports/imports.ts';
import { readParts, removeParts } from '#db/imports/parts.ts';
import { insertRows, type NewRow, removeRows, saveRowCount } from '#db/imports/rows.ts';
import { listPossibleKeys } from '#domain/matching/match-keys.ts';

const rowsPerStatement = 500;
/** More people than a small business knows. */
const maxRows = 1_000_000;

/**
 * Reads a file that has arrived into rows, and removes it. A file that was imported before, or that cannot be read, ends the import. A
 * reader that was killed begins anew: rows that are stored stay.
 */
export async function readImport(deps: ActivityDeps, run: ContactImport): Promise<void> {
  const { db } = deps;
  const hash = createHash('sha256').update(JSON.stringify(run.mapping ?? null));
  try {
    const mapping = run.mapping === null ? null : mappingSchema.parse(run.mapping);
    const file = await openContactFile(hashed(readParts(db, run.id), hash), {
      ...{ defaultRegion: run.region, mapping },
      extras: deps.extras ?? [],
    });
    await storeRows(deps, run, file);
    await saveRowCount(db, run.id);
    const facts = { format: file.format, header: file.header, file_hash: hash.digest('hex') };
    const equal = await findEqualImport(db, { id: run.id, hash: facts.file_hash });
    if (equal) await moveImport(db, run.id, 'repeated', { ...facts, repeats_id: equal.id });
    else await moveImport(db, run.id, run.is_dry_run ? 'checking' : 'importing', facts);
    if (equal) await removeRows(db, run.id, 'all');
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    await moveImport(db, run.id, 'refused', { error: error.message });
    await removeRows(db, run.id, 'all');
  }
  await removeParts(db, run.id);
}

async function* hashed(bytes: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer, void> {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

/** The rows of one batch are stored while the next one is read. */
async function storeRows({ db }: ActivityDeps, { id }: ContactImport, { rows }: ContactFile): Promise<void> {
  let storing: Promise<void> = Promise.resolve();
  try {
    for await (const batch of inBatches(rows)) {
      await storing;
      storing = insertRows(db, id, batch);
      // The next turn of the loop fails with it.
      storing.catch(() => {});
    }
  } finally {
    await storing;
  }
}

async function* inBatches(rows: AsyncIterable<FileRow>): AsyncGenerator<NewRow[], void> {
  let batch: NewRow[] = [];
  let number = 0;
  for await (const row of rows) {
    number += 1;
    if (number > maxRows) throw new FileProblem(`The file has more than ${maxRows} rows. Split it, and import the parts.`);
    batch.push(toNewRow(number, row));
    if (batch.length < rowsPerStatement) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function toNewRow(number: number, { line, values, contactId: namedId, problems, cells }: FileRow): NewRow {
  return { number, line, values, namedId, problems, cells, keys: listPossibleKeys(values ?? {}) };
}
