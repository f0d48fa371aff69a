import type { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { findUnstorable } from '#api/rest/storable.ts';
import { type RefusalChannel, type RefusalKey, refusalChannels } from '#domain/refusal.ts';
import { guessKind, readEntry } from '#domain/suppression.ts';

interface RowFacts {
  /** Of the file, from 1. */
  line: number;
  reason: string | null;
  wording: string | null;
}

export type ReadRow = RowFacts & { keys: RefusalKey[] };

/** A row that names nothing that could be suppressed, with why. */
export type BrokenRow = RowFacts & { keys: null; because: string };

/** Longer rows are refused: no number or address is as long. A quote that never ends makes such a row. */
const maxRowBytes = 64 * 1_024;

/** The rows of a CSV file while it arrives: with comma, semicolon or tab, with a header or without. */
export async function* readRows(file: Readable, regions: readonly string[]): AsyncGenerator<ReadRow | BrokenRow> {
  const parser = parse({
    ...{ bom: true, delimiter: [',', ';', '\t'], relax_column_count: true, relax_quotes: true, skip_empty_lines: true },
    ...{ trim: true, info: true, max_record_size: maxRowBytes },
  });
  file.on('error', (error) => parser.destroy(error));
  file.on('close', () => !file.readableEnded && parser.destroy(new Error('The upload ended early')));
  const records: AsyncIterable<{ record: string[]; info: Info }> = file.pipe(parser);
  let columns: Columns | undefined;
  let last = 0;
  try {
    for await (const { record, info } of records) {
      last = info.lines;
      const header: Columns | null = columns === undefined ? findColumns(record) : null;
      columns ??= header ?? firstColumn;
      if (header === null) yield readRow(record, columns, { line: last, regions });
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield toBroken(
      last + 1,
      'A row is too long, or a quote in it does not end. No row from here on was read: correct the file, and import it again.',
    );
  } finally {
    // Reads the rest of the file, so that the answer reaches a client that still sends.
    file.unpipe(parser);
    file.resume();
  }
}

interface Columns {
  /** Those with a number or address; the first that is filled counts. */
  entries: number[];
  channel?: number;
  reason?: number;
  wording?: number;
}

const firstColumn: Columns = { entries: [0] };

const entryNames = new Set(['value', 'phone', 'number', 'phonenumber', 'email', 'emailaddress', 'address']);

/** The columns that a header names; null for a row that is none. */
function findColumns(record: readonly string[]): Columns | null {
  const names = record.map((name) => name.toLowerCase().replace(/[^a-z]/g, ''));
  const entries = [...names.keys()].filter((at) => entryNames.has(names[at] ?? ''));
  if (entries.length === 0) return null;
  const find = (...wanted: string[]) => names.findIndex((name) => wanted.includes(name));
  return { entries, channel: find('channel', 'channels'), reason: find('reason'), wording: find('wording', 'words') };
}

function readRow(
  record: readonly string[],
  { entries, channel = -1, reason = -1, wording = -1 }: Columns,
  { line, regions }: { line: number; regions: readonly string[] },
): ReadRow | BrokenRow {
  const facts = { line, reason: textAt(record, reason), wording: textAt(record, wording) };
  const broken = (because: string): BrokenRow => ({ ...facts, keys: null, because });
  if (findUnstorable(record) !== null) return broken('The row has a character that cannot be stored.');
  // Other programs put an apostrophe before a plus sign, so that no spreadsheet takes it for a formula.
  const text = entries.flatMap((at) => textAt(record, at)?.replace(/^'/, '') ?? [])[0];
  if (text === undefined) return broken('The row has no number and no address.');
  const channels = readChannels(textAt(record, channel));
  if (channels === 'unknown') return broken(`The channel is none of ${refusalChannels.join(', ')}.`);
  const read = readEntry({ kind: guessKind(text), text, channels }, regions);
  return read.kind === 'invalid' ? broken(read.because) : { ...facts, keys: read.keys };
}

function textAt(record: readonly string[], at: number): string | null {
  return record[at] || null;
}

/** Null where the row names none. */
function readChannels(text: string | null): RefusalChannel[] | null | 'unknown' {
  if (text === null) return null;
  const words = text.toLowerCase().split(/[^a-z]+/);
  const known = refusalChannels.filter((channel) => words.includes(channel));
  return known.length === words.length ? known : 'unknown';
}

const toBroken = (line: number, because: string): BrokenRow => ({ line, reason: null, wording: null, keys: null, because });
