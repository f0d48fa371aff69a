import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { decodeText } from '#contact-files/decode-text.ts';
import { FileProblem } from '#contact-files/file-problem.ts';
import { type ContactFile, type FileRow, maxRowLength } from '#contact-files/file-row.ts';
import { toValues } from '#contact-files/to-values.ts';
import { type Layout, toRawContact } from './columns.ts';
import { findDelimiter } from './delimiter.ts';
import { readGoHighLevelHeader } from './layouts/gohighlevel.ts';
import { readGoogleHeader } from './layouts/google.ts';
import { readOwnHeader } from './layouts/own.ts';
import { readSquareHeader } from './layouts/square.ts';
import { applyMapping, assertExtras, list, type Mapping } from './mapping.ts';

export interface CsvOptions {
  defaultRegion: string;
  /** The names of the extras in accord.yaml. */
  extras: readonly string[];
  /** Null for a file that is recognised by its header. */
  mapping: Mapping | null;
}

/** A row that a quote without an end makes endless ends here. */
const maxRecordBytes = 4 * 1024 * 1024;

/**
 * Opens a CSV file. `start` is its beginning, for the choice of the delimiter. Rows are read one by one, so that a file of any length takes
 * little memory. Throws a `FileProblem`.
 */
export async function openCsv(bytes: AsyncIterable<Uint8Array>, start: string, options: CsvOptions): Promise<ContactFile> {
  const records = readRecords(bytes, findDelimiter(start));
  const first = await records.next();
  if (first.done) throw new FileProblem('The file is empty. Export it again, and import that file.');
  const header = first.value.cells.map((name) => decodeText(name).trim());
  const layout = findLayout(header, options);
  return { format: layout.format, header, rows: readRows(records, { header, layout, options }) };
}

interface CsvRecord {
  /** The line on which it begins. */
  line: number;
  /** Undecoded. */
  cells: string[];
}

/** Bytes are kept as latin1 until a cell is decoded: delimiters, quotes and line ends are the same in both encodings. */
async function* readRecords(bytes: AsyncIterable<Uint8Array>, delimiter: string): AsyncGenerator<CsvRecord, void> {
  let last = 0;
  const noteLine = (record: string[], { lines }: { lines: number }) => {
    last = lines;
    return record;
  };
  const parser = Readable.from(bytes).pipe(
    parse({
      ...{ delimiter, encoding: 'latin1', info: true, max_record_size: maxRecordBytes, on_record: noteLine },
      ...{ relax_column_count: true, relax_quotes: true, skip_empty_lines: true },
    }),
  );
  try {
    for await (const { info, record } of parser as AsyncIterable<{ info: Info; record: string[] }>) {
      const breaks = record.reduce((count, cell) => count + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
      yield { line: info.lines - breaks, cells: record };
    }
  } catch (error) {
    throw error instanceof CsvError ? toProblem(error, last) : error;
  }
}

/** The parser counts up to the line where it gave up, and the quote is on the first line behind the last row. */
function toProblem({ code, message }: CsvError, lastLine: number): FileProblem {
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE')
    return new FileProblem(
      `A quotation mark that is opened behind line ${lastLine} is never closed, or its row has more than 4 MB. Correct the row, and import the file again.`,
    );
  return new FileProblem(
    `The file cannot be read as CSV behind line ${lastLine} (${message}). Export it again, and import that file.`,
  );
}

/** Our own export first: its header may hold names that others use, too. */
const readHeaders = [readOwnHeader, readGoogleHeader, readSquareHeader, readGoHighLevelHeader];

function findLayout(header: string[], { mapping, extras }: CsvOptions): Layout {
  if (mapping) {
    assertExtras(mapping, extras);
    return applyMapping(mapping, header);
  }
  for (const read of readHeaders) {
    const layout = read(header, extras);
    if (layout) return layout;
  }
  throw new FileProblem(
    'The columns are not those of an export of Google Contacts, Square, HighLevel or Accord. Give a mapping that says what they mean, with lines such ' +
      `as “Name: fullName”, or put the names of the columns into the first line. The first line has ${list(header)}.`,
  );
}

interface Reading {
  header: string[];
  layout: Layout;
  options: CsvOptions;
}

async function* readRows(records: AsyncIterable<CsvRecord>, reading: Reading): AsyncGenerator<FileRow, void> {
  for await (const { line, cells } of records) yield readRow(line, cells, reading);
}

function readRow(line: number, bytes: string[], { header, layout, options: { defaultRegion, mapping } }: Reading): FileRow {
  const length = bytes.reduce((sum, cell) => sum + cell.length, 0);
  if (length > maxRowLength) {
    const message = `The row has ${length} characters, and at most ${maxRowLength} can be imported. Shorten it, and import it again.`;
    return { line, values: null, contactId: null, problems: [{ column: null, message }], cells: null };
  }
  const cells = bytes.map(decodeText);
  if (cells.slice(header.length).some((cell) => cell.trim() !== '')) {
    const message = `The row has ${cells.length} cells, and the header ${header.length}: a cell with a delimiter or a line break needs quotation marks.`;
    return { line, values: null, contactId: null, problems: [{ column: null, message }], cells };
  }
  const raw = toRawContact(layout, cells);
  raw.tags.push(...(mapping?.tags ?? []));
  if (mapping?.source) raw.texts.source ??= { text: mapping.source, column: 'source' };
  const region = mapping?.region ?? defaultRegion;
  const isOurs = layout.format === 'accord';
  const { values, problems } = toValues(raw, { defaultRegion: region, dateOrder: mapping?.dates ?? 'month-first', isOurs });
  return { line, values, contactId: toUuid(raw.contactId), problems, cells: problems.length > 0 ? cells : null };
}

function toUuid(text: string | null): string | null {
  return text !== null && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : null;
}
