import { UnavailableError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, RecordPage } from '#providers/provider.ts';
import type { AddressBook } from './client.ts';
import { toAskedRecord, toListedRecord } from './mapping.ts';
import { vendor } from './refusals.ts';
import type { PersonResponse } from './schema.ts';

/** Google docs: for batchGet. */
const mostAtOnce = 200;
/** google.rpc.Code. */
const notFound = 5;

export async function read(
  { people, account, recent }: AddressBook,
  externalId: string,
  call?: CallOptions,
): Promise<ProviderRecord> {
  return toAskedRecord(externalId, recent.remember(await people.get(externalId, call)), account);
}

export async function readMany(
  { people, account, recent }: AddressBook,
  externalIds: readonly string[],
  call?: CallOptions,
): Promise<(ProviderRecord | null)[]> {
  const byName = new Map<string, PersonResponse>();
  for (let at = 0; at < externalIds.length; at += mostAtOnce) {
    const responses = await people.batchGet(externalIds.slice(at, at + mostAtOnce), call);
    for (const response of responses) byName.set(response.requestedResourceName ?? '', response);
  }
  return externalIds.map((externalId) => {
    const response = byName.get(externalId);
    if (response?.person) return toAskedRecord(externalId, recent.remember(response.person), account);
    if (response?.status?.code === notFound || response?.httpStatusCode === 404) return null;
    throw new UnavailableError({
      ...{ provider: vendor.id, operation: 'read contacts', status: response?.httpStatusCode ?? null },
      message: `${vendor.name} did not say what became of a contact (read contacts).`,
    });
  });
}

/** As people are now, unlike in a sync. Oldest change first: whoever is changed meanwhile comes again at the end. */
export async function list(
  { people, account }: AddressBook,
  { cursor }: { cursor: string | null },
  call?: CallOptions,
): Promise<RecordPage> {
  const page = await people.connections(
    {
      ...{ operation: 'list contacts', pageSize: account.pageSize, sortOrder: 'LAST_MODIFIED_ASCENDING' },
      pageToken: cursor ?? undefined,
    },
    call,
  );
  return {
    records: (page.connections ?? []).map((row) => toListedRecord(row, account)),
    cursor: page.nextPageToken ?? null,
    total: page.totalItems ?? null,
  };
}
