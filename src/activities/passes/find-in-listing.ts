import type { CallOptions, ProviderClient, ProviderRecord, RecordLookup } from '#providers/provider.ts';

/** Finds records in a listing of all of them, where one search for each would take longer. */
export type FindRecords = (lookup: RecordLookup, call: CallOptions) => Promise<ProviderRecord[]>;

interface Listing {
  /** Ids by reference, phone and email; null where the rows do not show enough of the records. */
  ids: Map<string, Set<string>> | null;
  listedAt: number;
}

/** Made anew so often: what people add meanwhile must be seen. A vendor's search is not quicker to show it. */
const freshMs = 30_000;
/** More than this many are searched for one by one: the listing would fill the worker's memory. */
const mostRecords = 50_000;

const listings = new WeakMap<ProviderClient, Promise<Listing>>();

/** One listing serves all who ask of this client within half a minute. */
export function findInListing(client: ProviderClient): FindRecords {
  return async (lookup, call) => {
    const { ids } = await freshListing(client, call);
    if (ids === null) return client.find(lookup, call);
    const found = new Set(keysOf(lookup).flatMap((key) => [...(ids.get(key) ?? [])]));
    return Promise.all([...found].map((id) => client.read(id, call)));
  };
}

async function freshListing(client: ProviderClient, call: CallOptions): Promise<Listing> {
  const last = listings.get(client);
  if (last && (await last).listedAt > Date.now() - freshMs) return last;
  // Of all who found it old, the first lists anew.
  const current = listings.get(client);
  if (current && current !== last) return current;
  const listing = list(client, call);
  listings.set(client, listing);
  listing.catch(() => listings.delete(client));
  return listing;
}

async function list(client: ProviderClient, call: CallOptions): Promise<Listing> {
  const listedAt = Date.now();
  const ids = new Map<string, Set<string>>();
  let records = 0;
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
    const page = await client.list({ cursor }, call);
    records += page.records.length;
    if (records > mostRecords || page.records.some(({ complete }) => !complete)) return { ids: null, listedAt };
    for (const record of page.records) for (const key of keysOf(record)) add(ids, key, record.externalId);
    cursor = page.cursor;
  }
  return { ids, listedAt };
}

function keysOf(asked: RecordLookup | ProviderRecord): string[] {
  const { reference } = asked;
  const phones = 'phones' in asked ? asked.phones : (asked.values.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
  const emails = 'emails' in asked ? asked.emails : (asked.values.emails ?? []).map(({ address }) => address);
  return [
    ...(reference === null ? [] : [`reference/${reference}`]),
    ...phones.map((phone) => `phone/${phone}`),
    ...emails.map((email) => `email/${email}`),
  ];
}

function add(ids: Map<string, Set<string>>, key: string, id: string): void {
  const known = ids.get(key) ?? new Set();
  known.add(id);
  ids.set(key, known);
}
