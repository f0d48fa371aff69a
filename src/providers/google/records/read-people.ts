import type { UnreadableRecordError } from '#providers/errors.ts';
import { type Person, person } from '#providers/google/schema.ts';
import { vendor } from '#providers/google/settings.ts';
import { readRow, readRows } from '#providers/read-rows.ts';

export interface ReadPeople {
  people: Person[];
  /** Rows that cannot be read, with their errors. */
  odd: { row: unknown; error: UnreadableRecordError }[];
}

/** Parses a person. Throws `UnreadableRecordError`. */
export function parsePerson(row: unknown, operation: string): Person {
  return readRow(readerOf(operation), row);
}

/** Parses people one by one. */
export function parsePeople(rows: readonly unknown[], operation: string): ReadPeople {
  const reader = readerOf(operation);
  const read = rows.map((row) => ({ row, ...readRows(reader, [row]) }));
  return {
    people: read.flatMap(({ records }) => records),
    odd: read.flatMap(({ row, unreadable }) => unreadable.map((error) => ({ row, error }))),
  };
}

const idKey = 'resourceName';

function readerOf(operation: string) {
  return { vendor, operation, schema: person, idKey, toResult: (row: Person) => row };
}
