import { type ZodError, type ZodType, z } from 'zod';
import { UnreadableRecordError } from './errors.ts';
import type { Vendor } from './http-call.ts';

/** How the rows of one kind of response become results. */
export interface RowReader<Row, Result> {
  vendor: Vendor;
  /** Shown in error messages, such as `list contacts`. */
  operation: string;
  schema: ZodType<Row>;
  /** The key of a row's id. */
  idKey: string;
  toResult(row: Row): Result;
}

export interface ReadRows<Result> {
  records: Result[];
  unreadable: UnreadableRecordError[];
}

/** Reads rows one by one: a row that cannot be read costs no other row. */
export function readRows<Row, Result>(reader: RowReader<Row, Result>, rows: readonly unknown[]): ReadRows<Result> {
  const read = rows.map((row) => tryReadRow(reader, row));
  return {
    records: read.flatMap((result) => ('record' in result ? [result.record] : [])),
    unreadable: read.flatMap((result) => ('error' in result ? [result.error] : [])),
  };
}

/** Reads one row. Throws `UnreadableRecordError`. */
export function readRow<Row, Result>(reader: RowReader<Row, Result>, row: unknown): Result {
  const result = tryReadRow(reader, row);
  if ('error' in result) throw result.error;
  return result.record;
}

type Tried<Result> = { record: Result } | { error: UnreadableRecordError };

function tryReadRow<Row, Result>(reader: RowReader<Row, Result>, row: unknown): Tried<Result> {
  const parsed = reader.schema.safeParse(row, { reportInput: true });
  if (!parsed.success) return { error: toUnreadable(reader, row, describeIssues(parsed.error)) };
  try {
    return { record: reader.toResult(parsed.data) };
  } catch (error) {
    if (error instanceof UnreadableRecordError) return { error };
    // The error's text may quote the row.
    const name = error instanceof Error ? error.name : 'an unknown error';
    return { error: toUnreadable(reader, row, `mapping it fails with ${name}`) };
  }
}

/** Builds the error of a row. `reason` names fields and types, never values. */
export function toUnreadable(
  { vendor, operation, idKey }: Pick<RowReader<unknown, unknown>, 'vendor' | 'operation' | 'idKey'>,
  row: unknown,
  reason: string,
): UnreadableRecordError {
  const externalId = findRowId(row, idKey);
  const message = `${vendor.name} sends this contact in a form that Accord cannot read: ${reason} (${operation}). Correct it in ${vendor.name}, then retry.`;
  return new UnreadableRecordError({ provider: vendor.id, operation, message, remedy: null, externalId, reason });
}

/** The id of a row that may be unreadable otherwise; null without one. */
export function findRowId(row: unknown, idKey: string): string | null {
  const parsed = z.object({ [idKey]: z.union([z.string().min(1), z.number()]) }).safeParse(row);
  return parsed.success ? String(parsed.data[idKey]) : null;
}

/** Whether a row that cannot be read has one of the texts anywhere, compared without case and without the punctuation of phones. */
export function mentions(row: unknown, texts: readonly string[]): boolean {
  const all = bare(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? '');
  return texts.some((text) => bare(text) !== '' && all.includes(bare(text)));
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[\s()+.-]/g, '');
}

/** Names at most three fields: `email is an object, tags is a text`. Needs `reportInput`. */
function describeIssues({ issues }: ZodError): string {
  const named = issues.map(({ path, input }) => `${path.join('.') || 'the row'} is ${describeType(input)}`);
  return [...new Set(named)].slice(0, 3).join(', ');
}

function describeType(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const names: Record<string, string> = { string: 'a text', object: 'an object' };
  return names[typeof value] ?? `a ${typeof value}`;
}
