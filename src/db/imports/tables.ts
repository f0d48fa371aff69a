import type { ColumnType, JSONColumnType } from 'kysely';
import type { DefaultNow, Timestamp } from '#db/columns.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { ImportOutcome, ImportState } from '#domain/import.ts';

export interface ContactImportTable {
  id: string;
  file_name: string;
  region: string;
  mapping: JSONColumnType<object> | null;
  is_dry_run: boolean;
  actor: string;
  state: ColumnType<ImportState, ImportState | undefined, ImportState>;
  format: ColumnType<string | null, string | null | undefined, string | null>;
  header: ColumnType<string[] | null, string | null | undefined, string | null>;
  file_hash: ColumnType<string | null, string | null | undefined, string | null>;
  repeats_id: ColumnType<string | null, string | null | undefined, string | null>;
  error: ColumnType<string | null, string | null | undefined, string | null>;
  position: ColumnType<number, number | undefined, number>;
  counts: ColumnType<ImportCounts, string | undefined, string>;
  created_at: DefaultNow;
  finished_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface ImportCounts {
  rows: number;
  /** Rows with something that is not imported. */
  problems: number;
  /** Rows by outcome of the check, and of the import. */
  checked: Partial<Record<ImportOutcome, number>>;
  imported: Partial<Record<ImportOutcome, number>>;
}

export interface ImportPartTable {
  import_id: string;
  number: number;
  bytes: Buffer;
}

export interface ImportRowTable {
  import_id: string;
  number: number;
  line: number;
  values: ColumnType<ProviderValues | null, string | null, never>;
  named_id: string | null;
  problems: ColumnType<ImportRowProblem[], string, never>;
  cells: ColumnType<string[] | null, string | null, never>;
  checked: ImportOutcome | null;
  changes: string[] | null;
  imported: ImportOutcome | null;
  contact_id: string | null;
  received_at: Timestamp;
}

export interface ImportRowProblem {
  column: string | null;
  message: string;
}

export interface ImportKeyTable {
  import_id: string;
  key: string;
  number: number;
}
