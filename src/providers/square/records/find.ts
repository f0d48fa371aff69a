import type { Square } from 'square';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { UnreadableRecordError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import { findRowId, toUnreadable } from '#providers/read-rows.ts';
import type { Connection } from '#providers/square/connection.ts';
import { isPhoneNumber } from '#providers/square/fit-values.ts';
import { pageResponse } from '#providers/square/schema.ts';
import { vendor } from '#providers/square/settings.ts';
import { readMany } from './read.ts';

/**
 * Searches by our reference, then by each phone and email. The search index lags behind writes (Square docs, SearchCustomers: up to 30
 * seconds, sometimes a minute or more), so hits are read again and compared, and a miss proves nothing.
 */
export async function findRecords(connection: Connection, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const searchable = toSearchable(lookup);
  const ids = new Set<string>();
  for (const filter of toFilters(searchable)) for (const id of await search(connection, filter, call)) ids.add(id);
  const records = await readMany(connection, [...ids], call);
  // Square found the value in it: a create would make a duplicate.
  const odd = records.find((record) => record instanceof UnreadableRecordError);
  if (odd) throw odd;
  const present = records.flatMap((record) => (record === null || record instanceof UnreadableRecordError ? [] : [record]));
  const hits = present.filter((record) => matches(record, searchable));
  // Two ids may have been merged into one record.
  return [...new Map(hits.map((record) => [record.externalId, record])).values()];
}

/** Drops phones and emails that Square cannot store. */
function toSearchable({ reference, phones, emails }: RecordLookup): RecordLookup {
  return {
    reference,
    phones: phones.filter((e164) => isPhoneNumber({ e164 })),
    emails: emails.flatMap((email) => normalizeEmail(email)?.address ?? []),
  };
}

/** One search each, because Square combines the filters of one search with AND (Square docs, CustomerFilter). */
function toFilters({ reference, phones, emails }: RecordLookup): Square.CustomerFilter[] {
  return [
    ...(reference === null ? [] : [{ referenceId: { exact: reference } }]),
    ...phones.map((exact) => ({ phoneNumber: { exact } })),
    ...emails.map((exact) => ({ emailAddress: { exact } })),
  ];
}

async function search({ send }: Connection, filter: Square.CustomerFilter, call?: CallOptions): Promise<string[]> {
  const operation = `find contact by ${Object.keys(filter).join()}`;
  const { customers } = await send(
    {
      operation,
      request: (api, options) => api.search({ query: { filter } }, options),
    },
    pageResponse,
    call,
  );
  return (customers ?? []).map((row) => {
    const id = findRowId(row, 'id');
    if (id === null) throw toUnreadable({ vendor, operation, idKey: 'id' }, row, 'id is missing');
    return id;
  });
}

function matches({ reference, values }: ProviderRecord, lookup: RecordLookup): boolean {
  return (
    (lookup.reference !== null && reference === lookup.reference) ||
    (values.phones ?? []).some(({ e164 }) => e164 !== null && lookup.phones.includes(e164)) ||
    (values.emails ?? []).some(({ address }) => lookup.emails.includes(address))
  );
}
