import { NotFoundError } from '#providers/errors.ts';
import { toUnavailable } from '#providers/http-errors.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import type { Directory } from './client.ts';
import { toRecordOf } from './mapping.ts';
import { fromEntry, vendor } from './refusals.ts';
import { type BulkEntry, bulkAnswer } from './schema.ts';

/** Square docs (bulk endpoints): what is more is refused. */
export const mostEntries = 100;

/** In the order of the ids; null for one that is gone. Whether merged ids are followed, as by a read, is not documented. */
export async function readMany(
  directory: Directory,
  externalIds: readonly string[],
  options?: CallOptions,
): Promise<(ProviderRecord | null)[]> {
  const ids = [...new Set(externalIds)];
  const found = new Map<string, ProviderRecord | null>();
  for (let start = 0; start < ids.length; start += mostEntries) {
    const chunk = ids.slice(start, start + mostEntries);
    const entries = await readChunk(directory, chunk, options);
    for (const id of chunk) found.set(id, toRecordOrNull(directory, id, entries[id]));
  }
  return externalIds.map((id) => found.get(id) ?? null);
}

const operation = 'read contacts';

async function readChunk({ call }: Directory, customerIds: string[], options?: CallOptions): Promise<Record<string, BulkEntry>> {
  const { responses } = await call(
    { operation, run: (customers, request) => customers.bulkRetrieveCustomers({ customerIds }, request) },
    bulkAnswer,
    options,
  );
  return responses ?? {};
}

/** Only a clear "not found" means that it is gone. */
function toRecordOrNull({ account }: Directory, id: string, entry: BulkEntry | undefined): ProviderRecord | null {
  if (entry?.customer) return toRecordOf(id, entry.customer, account);
  if (entry === undefined) throw toUnavailable(vendor, { operation }, 'left out a customer that we asked for');
  const error = fromEntry(entry.errors ?? [], { operation });
  if (error instanceof NotFoundError) return null;
  throw error;
}
