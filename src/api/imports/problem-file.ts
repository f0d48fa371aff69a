import { Download } from '#api/rest/download.ts';
import { toCsvLines } from '#contact-files/csv/csv-lines.ts';
import type { Database } from '#db/database.ts';
import type { ContactImport } from '#db/imports/imports.ts';
import { listFilteredRows } from '#db/imports/rows.ts';

const pageSize = 500;

/**
 * The rows with problems, with their original cells: corrected, the file can be imported again. The first columns name the problems; a file that is recognised by its header may keep them.
 */
export function exportProblems(db: Database, { id, file_name: fileName, header }: ContactImport): Download {
  const filename = `problems of ${fileName.replace(/\.\w+$/, '')}.csv`;
  return new Download({ type: 'text/csv; charset=utf-8', filename, chunks: toCsv(db, id, header ?? []) });
}

async function* toCsv(db: Database, importId: string, header: readonly string[]): AsyncGenerator<string> {
  yield toCsvLines([[...header, 'Line', 'Column', 'Problem']]);
  for (let after = 0; ; ) {
    const rows = await listFilteredRows(db, { importId, after, limit: pageSize, filter: 'problem' });
    for (const { line, problems, cells } of rows) {
      const typed = header.map((_, at) => cells?.[at] ?? '');
      const columns = problems.flatMap(({ column }) => column ?? []).join(', ');
      yield toCsvLines([[...typed, line, columns, problems.map(({ message }) => message).join(' ')]]);
    }
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.number ?? after;
  }
}
