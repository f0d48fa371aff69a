import type { RecordPatch } from '#domain/contact.ts';
import type { CallOptions, WriteResult } from '#providers/provider.ts';
import { toAttributeChanges, withOwnAttributes, writeAttributes } from '#providers/square/attributes/attributes.ts';
import type { Connection } from '#providers/square/connection.ts';
import { updateOperation as operation } from '#providers/square/errors.ts';
import { toRecord } from '#providers/square/mapping.ts';
import { fromPatch, sentFields, toUpdateRequest } from '#providers/square/payload.ts';
import { customerResponse } from '#providers/square/schema.ts';
import { parseCustomer, readRecord } from './read.ts';

/**
 * Updates the fields in the patch, then its custom attributes, which have versions of their own. Without a version, the last write wins (Square docs, optimistic concurrency). An empty patch is only
 * read: Square refuses an empty update (Square docs, release notes of 2021-10-20).
 */
export async function updateRecord(
  connection: Connection,
  externalId: string,
  patch: RecordPatch,
  call: CallOptions & { version: string | null },
): Promise<WriteResult> {
  const fields = fromPatch(patch);
  const attributes = await toAttributeChanges(connection, patch, call);
  if (Object.keys(fields).length === 0) {
    await writeAttributes(connection, externalId, attributes, call);
    return { outcome: 'updated', record: await readRecord(connection, externalId, call) };
  }
  const body = toUpdateRequest(externalId, fields, call.version);
  const { customer } = await connection.send(
    { operation, body: sentFields, request: (customers, options) => customers.update(body, options) },
    customerResponse,
    call,
  );
  const record = toRecord(parseCustomer(customer, operation), connection.account);
  await writeAttributes(connection, externalId, attributes, call);
  return { outcome: 'updated', record: await withOwnAttributes(connection, record, call) };
}
