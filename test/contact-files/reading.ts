import { type Mapping, mappingSchema } from '#contact-files/csv/mapping.ts';
import type { FileRow } from '#contact-files/file-row.ts';
import { openContactFile } from '#contact-files/open-file.ts';

/** Reads a whole file, in pieces of a few bytes: no piece ends where a row or a character does. */
export async function readAll(
  content: string | Uint8Array,
  { mapping, pieceBytes = 7, extras = [] }: { mapping?: object; pieceBytes?: number; extras?: readonly string[] } = {},
) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const parsed: Mapping | null = mapping ? mappingSchema.parse(mapping) : null;
  const file = await openContactFile(toPieces(bytes, pieceBytes), { defaultRegion: 'US', mapping: parsed, extras });
  const rows: FileRow[] = [];
  for await (const row of file.rows) rows.push(row);
  return { format: file.format, header: file.header, rows };
}

async function* toPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The values of the rows, and the messages of their problems. */
export async function valuesOf(content: string | Uint8Array, options: Parameters<typeof readAll>[1] = {}) {
  return (await readAll(content, options)).rows.map(({ values }) => values);
}
