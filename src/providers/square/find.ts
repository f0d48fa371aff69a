import type { Square } from 'square';
import { normalizeEmail } from '#domain/normalize/email.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import type { Directory } from './client.ts';
import { isNumber } from './fit-values.ts';
import { readMany } from './read-many.ts';
import { pageAnswer } from './schema.ts';

/**
 * By our reference, then by each phone and email. The search is an index that lags behind writes (Square docs, SearchCustomers: up
 * to 30 seconds, sometimes a minute or more): what it names is read again and compared, what it does not name may still exist.
 */
export async function findRecords(directory: Directory, lookup: RecordLookup, options?: CallOptions): Promise<ProviderRecord[]> {
  const asked = toAsked(lookup);
  const ids = new Set<string>();
  for (const filter of toFilters(asked)) for (const id of await search(directory, filter, options)) ids.add(id);
  const records = await readMany(directory, [...ids], options);
  const hits = records.filter((record) => record !== null && holds(record, asked)) as ProviderRecord[];
  // Two ids that were merged are one record by now.
  return [...new Map(hits.map((record) => [record.externalId, record])).values()];
}

interface Asked {
  reference: string | null;
  phones: string[];
  emails: string[];
}

/** Only what Square could hold. */
function toAsked({ reference, phones, emails }: RecordLookup): Asked {
  return {
    reference,
    phones: phones.filter((e164) => isNumber({ e164 })),
    emails: emails.flatMap((email) => normalizeEmail(email)?.address ?? []),
  };
}

/** One search each: filters of one search must all hold (Square docs, CustomerFilter). */
function toFilters({ reference, phones, emails }: Asked): Square.CustomerFilter[] {
  return [
    ...(reference === null ? [] : [{ referenceId: { exact: reference } }]),
    ...phones.map((exact) => ({ phoneNumber: { exact } })),
    ...emails.map((exact) => ({ emailAddress: { exact } })),
  ];
}

async function search({ call }: Directory, filter: Square.CustomerFilter, options?: CallOptions): Promise<string[]> {
  const { customers } = await call(
    {
      operation: `find contact by ${Object.keys(filter).join()}`,
      run: (directory, request) => directory.search({ query: { filter } }, request),
    },
    pageAnswer,
    options,
  );
  return (customers ?? []).map(({ id }) => id);
}

function holds({ reference, values }: ProviderRecord, asked: Asked): boolean {
  return (
    (asked.reference !== null && reference === asked.reference) ||
    (values.phones ?? []).some(({ e164 }) => e164 !== null && asked.phones.includes(e164)) ||
    (values.emails ?? []).some(({ address }) => asked.emails.includes(address))
  );
}
