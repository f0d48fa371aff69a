import type { ProviderValues } from '#domain/contact.ts';
import type { RowProblem } from './file-problem.ts';

/** `mapping`: a CSV file whose columns a mapping names. `accord`: our own export. */
export const fileFormats = ['accord', 'google', 'square', 'gohighlevel', 'mapping', 'vcard'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** One row of a CSV file, or one card. */
export interface FileRow {
  /** The line on which it begins; the first line of the file is 1. */
  line: number;
  /** Null for a row that cannot be imported. */
  values: ProviderValues | null;
  /** The contact that a row of our own export names. */
  contactId: string | null;
  problems: RowProblem[];
  /** The cells of a row with problems, as they were typed; null for cards and for rows that are too long to be kept. */
  cells: string[] | null;
}

export interface ContactFile {
  format: FileFormat;
  /** The names of the columns; null for cards. */
  header: string[] | null;
  /** In the order of the file. May throw a `FileProblem`. */
  rows: AsyncIterable<FileRow>;
}

/** A longer row is a problem of its own: no contact has so much text. */
export const maxRowLength = 100_000;
