import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { customFieldNames, toCustomValues } from '#providers/custom-fields.ts';
import { NotFoundError } from '#providers/errors.ts';
import { toUnavailable } from '#providers/http-errors.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import type { Connection } from '#providers/square/connection.ts';
import { toEntryError } from '#providers/square/errors.ts';
import { attributesResponse, type CustomAttribute, emptyResponse, upsertResponse } from '#providers/square/schema.ts';
import { vendor } from '#providers/square/settings.ts';
import type { Definitions } from './attribute-definitions.ts';
import { fromAttributeText, toAttributeText } from './attribute-values.ts';

/**
 * The records with the values of their custom attributes. Square returns them by customer, in a call of their own, which only an account
 * makes whose attributes accord.yaml names.
 */
export async function withAttributes<Row>(
  connection: Connection,
  rows: readonly (Row | ProviderRecord)[],
  call?: CallOptions,
): Promise<(Row | ProviderRecord)[]> {
  const { account } = connection;
  if (customFieldNames(account.customFields).length === 0) return [...rows];
  const held = await mapConcurrently(rows, account.concurrency, async (row) =>
    isRecord(row) ? listAttributes(connection, row.externalId, call) : [],
  );
  const definitions = await connection.readDefinitions(call);
  return rows.map((row, at) => (isRecord(row) ? withValues(row, held[at] ?? [], definitions) : row));
}

/** `withAttributes` for one record. */
export async function withOwnAttributes(
  connection: Connection,
  record: ProviderRecord,
  call?: CallOptions,
): Promise<ProviderRecord> {
  const [read = record] = await withAttributes<ProviderRecord>(connection, [record], call);
  return read;
}

function isRecord(row: unknown): row is ProviderRecord {
  return typeof row === 'object' && row !== null && 'values' in row;
}

/** Square docs (ListCustomerCustomAttributes): without attributes that have no value; at most 100 in one page. */
async function listAttributes({ send }: Connection, customerId: string, call?: CallOptions): Promise<CustomAttribute[]> {
  const all: CustomAttribute[] = [];
  let cursor: string | null = null;
  do {
    const query = { customerId, limit: 100, ...(cursor !== null && { cursor }) };
    const page: { custom_attributes?: CustomAttribute[] | null | undefined; cursor: string | null } = await send(
      {
        operation: 'list custom attributes',
        request: async ({ customAttributes }, options) => (await customAttributes.list(query, options)).response,
      },
      attributesResponse,
      call,
    );
    all.push(...(page.custom_attributes ?? []));
    cursor = page.cursor || null;
  } while (cursor !== null);
  return all;
}

/** An attribute that a customer lacks is empty if its definition exists; its time of creation tells one from another of the same key. */
export function withValues(record: ProviderRecord, held: readonly CustomAttribute[], definitions: Definitions): ProviderRecord {
  const read = [...definitions].map(([field, definition]) => ({
    field,
    id: `${definition.key} ${definition.created_at ?? ''}`.trim(),
    text: toAttributeText(held.find(({ key }) => key === definition.key)?.value, definition),
  }));
  return { ...record, values: { ...record.values, ...toCustomValues(read) } };
}

/** The attributes to write and to clear. */
export interface AttributeChanges {
  set: CustomAttribute[];
  clear: string[];
}

export const noChanges: AttributeChanges = { set: [], clear: [] };

/**
 * The changes of a patch. An attribute that the seller does not have is left out: see `findMissingFields`. Throws `InvalidRequestError`
 * for a value that does not fit, before anything is written.
 */
export async function toAttributeChanges(
  { account, readDefinitions }: Connection,
  { set }: Pick<RecordPatch, 'set'>,
  call?: CallOptions,
): Promise<AttributeChanges> {
  const changed = customFieldNames(account.customFields).filter((field) => field in set);
  if (changed.length === 0) return noChanges;
  return fitChanges(set, await readDefinitions(call));
}

/** `toAttributeChanges` with definitions that are known. */
export function fitChanges(set: RecordPatch['set'], definitions: Definitions): AttributeChanges {
  const changes: AttributeChanges = { set: [], clear: [] };
  const values: ProviderValues = set;
  for (const [field, definition] of definitions) {
    if (!(field in values)) continue;
    const value = values[field];
    const { key } = definition;
    if (typeof value === 'string' && value !== '') changes.set.push({ key, value: fromAttributeText(value, definition) });
    else changes.clear.push(key);
  }
  return changes;
}

/** Square docs (BulkUpsertCustomerCustomAttributes): at most 25 values in one call. */
const maxUpserts = 25;
const operation = 'write custom attributes';

/** Writes the changes of one customer. Without versions: the last write wins, as for a contact's fields where no version is known. */
export async function writeAttributes(connection: Connection, customerId: string, changes: AttributeChanges, call?: CallOptions) {
  for (let start = 0; start < changes.set.length; start += maxUpserts) {
    await upsert(connection, customerId, changes.set.slice(start, start + maxUpserts), call);
  }
  for (const key of changes.clear) await clearAttribute(connection, { customerId, key }, call);
}

async function upsert(
  { send }: Connection,
  customerId: string,
  attributes: CustomAttribute[],
  call?: CallOptions,
): Promise<void> {
  const values = Object.fromEntries(
    attributes.map(({ key, value }, at) => [String(at), { customerId, customAttribute: { key, value } }]),
  );
  const { values: answers } = await send(
    {
      operation,
      request: ({ customAttributeDefinitions }, options) => customAttributeDefinitions.batchUpsert({ values }, options),
    },
    upsertResponse,
    call,
  );
  for (const key of Object.keys(values)) {
    const answer = answers?.[key];
    if (!answer) throw toUnavailable(vendor, { operation }, 'returned no result for a custom attribute');
    if (answer.errors?.length) throw toEntryError(answer.errors, { operation });
  }
}

/** An attribute without a value is answered as not found. */
async function clearAttribute(
  { send }: Connection,
  attribute: { customerId: string; key: string },
  call?: CallOptions,
): Promise<void> {
  try {
    await send(
      {
        operation: 'clear custom attribute',
        request: ({ customAttributes }, options) => customAttributes.delete(attribute, options),
      },
      emptyResponse,
      call,
    );
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
