import type { FindRecords } from '#activities/deps.ts';
import type { CallOptions, ProviderClient, ProviderRecord, RecordLookup } from '#providers/provider.ts';

interface Listing {
  /** Record ids by reference, phone and email; null when the listing cannot answer searches. */
  ids: Map<string, Set<string>> | null;
  /** Milliseconds since 1970. Older listings lack newer records. */
  freshUntil: number;
}

/** A vendor's own search index lags by about as much. */
const leastFreshMs = 30_000;
/** A listing of many pages is used for longer: otherwise it would take most of the calls that the account allows. */
const timesAsLong = 10;
const mostFreshMs = 5 * 60_000;
/** The index of more records would fill the worker's memory: they are searched for one by one. */
const maxRecords = 50_000;

const listings = new WeakMap<ProviderClient, Promise<Listing>>();

/**
 * Searches one listing of all records in place of `client.find`. Every caller of the same client shares the listing while it is fresh.
 * Falls back to `client.find` when there are too many records, or when the listing shows only part of the keys of each.
 */
export function findInListing(client: ProviderClient, now: () => number = Date.now): FindRecords {
  return async (lookup, call) => {
    const { ids } = await freshListing(client, call, now);
    if (ids === null) return client.find(lookup, call);
    const found = new Set(keysOf(lookup).flatMap((key) => [...(ids.get(key) ?? [])]));
    return Promise.all([...found].map((id) => client.read(id, call)));
  };
}

async function freshListing(client: ProviderClient, call: CallOptions, now: () => number): Promise<Listing> {
  const last = listings.get(client);
  if (last && (await last).freshUntil > now()) return last;
  // Of several callers that found it expired, only the first lists anew.
  const current = listings.get(client);
  if (current && current !== last) return current;
  const listing = list(client, call, now);
  listings.set(client, listing);
  listing.catch(() => listings.delete(client));
  return listing;
}

async function list(client: ProviderClient, call: CallOptions, now: () => number): Promise<Listing> {
  const startedAt = now();
  const ids = await listIds(client, call);
  const freshMs = Math.min(Math.max(leastFreshMs, timesAsLong * (now() - startedAt)), mostFreshMs);
  return { ids, freshUntil: startedAt + freshMs };
}

/** Null when there are too many records, or an unreadable row may be the record that is sought. */
async function listIds(client: ProviderClient, call: CallOptions): Promise<Listing['ids']> {
  const ids = new Map<string, Set<string>>();
  let records = 0;
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
    const page = await client.list({ cursor }, call);
    records += page.records.length;
    const isPartial = page.unreadable.length > 0 || page.records.some(({ complete, keys }) => !complete && !keys);
    if (records > maxRecords || isPartial) return null;
    for (const record of page.records) for (const key of keysOf(record)) add(ids, key, record.externalId);
    cursor = page.cursor;
  }
  return ids;
}

function keysOf(source: RecordLookup | ProviderRecord): string[] {
  const { reference } = source;
  const { phones, emails } = 'values' in source ? (source.keys ?? toKeys(source)) : source;
  return [
    ...(reference === null ? [] : [`reference/${reference}`]),
    ...phones.map((phone) => `phone/${phone}`),
    ...emails.map((email) => `email/${email}`),
  ];
}

function toKeys({ values: { phones = [], emails = [] } }: ProviderRecord): { phones: string[]; emails: string[] } {
  return { phones: phones.flatMap(({ e164 }) => e164 ?? []), emails: emails.map(({ address }) => address) };
}

function add(ids: Map<string, Set<string>>, key: string, id: string): void {
  const known = ids.get(key) ?? new Set();
  known.add(id);
  ids.set(key, known);
}
