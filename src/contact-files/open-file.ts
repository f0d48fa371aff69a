import { type CsvOptions, openCsv } from './csv/read-csv.ts';
import { FileProblem } from './file-problem.ts';
import type { ContactFile } from './file-row.ts';
import { openVcards } from './vcard/read-vcards.ts';

/** As much of a file as its kind is recognised by: a header of 200 columns fits into it. */
const startBytes = 16_384;

/** Opens a CSV or vCard file, whose kind and encoding are recognised by its content. Throws a `FileProblem` for any other file. */
export async function openContactFile(bytes: AsyncIterable<Uint8Array>, options: CsvOptions): Promise<ContactFile> {
  const { start, whole } = await peek(toUtf8(bytes));
  if (start.trim() === '') throw new FileProblem('The file is empty. Export it again, and import that file.');
  if (/^\s*BEGIN:VCARD/i.test(start)) {
    if (options.mapping)
      throw new FileProblem(
        'A mapping says what the columns of a CSV file mean, and this is a vCard file. Import it without one.',
      );
    return openVcards(whole, options);
  }
  if (isBinary(start))
    throw new FileProblem('The file is neither CSV nor vCard. Save a spreadsheet as CSV, and import that file.');
  return openCsv(whole, start, options);
}

/** Pictures, spreadsheets and archives hold bytes that no text has. */
function isBinary(start: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(start);
}

/** The beginning of the bytes as latin1, and all of them. */
async function peek(bytes: AsyncIterable<Uint8Array>) {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  for (let size = 0; size < startBytes; ) {
    const { done, value } = await iterator.next();
    if (done) break;
    chunks.push(value);
    size += value.length;
  }
  const start = Buffer.concat(chunks).toString('latin1').slice(0, startBytes);
  return { start, whole: chain(chunks, { [Symbol.asyncIterator]: () => iterator }) };
}

async function* chain(first: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield* first;
  yield* rest;
}

/** Without a byte order mark. UTF-16, which Excel calls Unicode text, is recognised by it, and becomes UTF-8. */
async function* toUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let decoder: TextDecoder | null = null;
  let isFirst = true;
  for await (const chunk of atLeast(bytes, 3)) {
    if (isFirst) decoder = findDecoder(chunk);
    const text = decoder?.decode(chunk, { stream: true });
    if (text !== undefined) yield Buffer.from(text, 'utf8');
    else yield isFirst && hasMark(chunk, [0xef, 0xbb, 0xbf]) ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
  const rest = decoder?.decode();
  if (rest) yield Buffer.from(rest, 'utf8');
}

function findDecoder(chunk: Uint8Array): TextDecoder | null {
  if (hasMark(chunk, [0xff, 0xfe])) return new TextDecoder('utf-16le');
  return hasMark(chunk, [0xfe, 0xff]) ? new TextDecoder('utf-16be') : null;
}

const hasMark = (chunk: Uint8Array, mark: readonly number[]): boolean => mark.every((byte, at) => chunk[at] === byte);

/** Joins the first chunks until they have so many bytes. */
async function* atLeast(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void> {
  let first: Buffer | null = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (first === null) yield chunk;
    else {
      first = Buffer.concat([first, chunk]);
      if (first.length < size) continue;
      yield first;
      first = null;
    }
  }
  if (first !== null && first.length > 0) yield first;
}
