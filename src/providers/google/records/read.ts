import { UnavailableError, UnreadableRecordError } from '#providers/errors.ts';
import type { Connection } from '#providers/google/connection.ts';
import { toListedRecord, toRequestedRecord } from '#providers/google/mapping.ts';
import { maxBatchSize } from '#providers/google/people-api.ts';
import type { PersonResponse } from '#providers/google/schema.ts';
import { vendor } from '#providers/google/settings.ts';
import type { CallOptions, ProviderRecord, RecordPage } from '#providers/provider.ts';
import { parsePeople, parsePerson } from './read-people.ts';

/** Reads a person by its current or a former resource name. Throws `NotFoundError`. */
export async function readRecord(
  { people, account, recent }: Connection,
  externalId: string,
  call?: CallOptions,
): Promise<ProviderRecord> {
  return toRequestedRecord(externalId, recent.remember(await people.get(externalId, call)), account);
}

/** google.rpc.Code. */
const notFound = 5;

/** Reads people in batches, in the order of the names; null for each one that does not exist. */
export async function readMany(
  { people, account, recent }: Connection,
  externalIds: readonly string[],
  call?: CallOptions,
): Promise<(ProviderRecord | UnreadableRecordError | null)[]> {
  const byName = new Map<string, PersonResponse>();
  for (let start = 0; start < externalIds.length; start += maxBatchSize) {
    const responses = await people.batchGet(externalIds.slice(start, start + maxBatchSize), call);
    for (const response of responses) byName.set(response.requestedResourceName ?? '', response);
  }
  return externalIds.map((externalId) => {
    const response = byName.get(externalId);
    if (response?.person) return toRequestedOrError(externalId, response.person);
    if (response?.status?.code === notFound || response?.httpStatusCode === 404) return null;
    throw new UnavailableError({
      ...{ provider: vendor.id, operation: 'read contacts', status: response?.httpStatusCode ?? null },
      message: `${vendor.name} returned no result for a contact (read contacts).`,
    });
  });

  function toRequestedOrError(externalId: string, row: unknown): ProviderRecord | UnreadableRecordError {
    try {
      return toRequestedRecord(externalId, recent.remember(parsePerson(row, 'read contacts')), account);
    } catch (error) {
      if (error instanceof UnreadableRecordError) return error;
      throw error;
    }
  }
}

/**
 * Lists people by last change, oldest first: a person that changes during the listing appears again at the end. Unlike a sync, a
 * listing shows the current state.
 */
export async function listRecords(
  { people, account }: Connection,
  { cursor }: { cursor: string | null },
  call?: CallOptions,
): Promise<RecordPage> {
  const query = { operation: 'list contacts', pageSize: account.pageSize, sortOrder: 'LAST_MODIFIED_ASCENDING' } as const;
  const page = await people.connections({ ...query, pageToken: cursor ?? undefined }, call);
  const { people: rows, odd } = parsePeople(page.connections ?? [], query.operation);
  return {
    records: rows.map((row) => toListedRecord(row, account)),
    unreadable: odd.map(({ error }) => error),
    cursor: page.nextPageToken ?? null,
    total: page.totalItems ?? null,
  };
}
