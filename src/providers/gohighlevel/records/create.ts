import type { RecordPatch } from '#domain/contact.ts';
import { InvalidRequestError, createOperation as operation, ProviderError, UnavailableError } from '#providers/errors.ts';
import type { Connection } from '#providers/gohighlevel/connection.ts';
import { noLocationFields } from '#providers/gohighlevel/custom-fields.ts';
import { toRecord } from '#providers/gohighlevel/mapping.ts';
import { fromNew, hasCustomFields } from '#providers/gohighlevel/payload.ts';
import { contactResponse } from '#providers/gohighlevel/schema.ts';
import { vendor } from '#providers/gohighlevel/settings.ts';
import type { CallOptions, ProviderRecord, WriteResult } from '#providers/provider.ts';
import { confirmWrite, type Write } from './confirm-write.ts';
import { findRecords } from './find.ts';
import { parseContact, readRecord } from './read.ts';

/** Creates a contact. */
export async function createRecord(
  connection: Connection,
  patch: RecordPatch,
  call: CallOptions & { reference: string },
): Promise<WriteResult> {
  const { send, account, locationId, readFields } = connection;
  const fields = hasCustomFields(patch, account) ? await readFields(call) : noLocationFields;
  const body = { locationId, ...fromNew(patch, call.reference, { account, fields }) };
  const request = { operation, method: 'POST', path: '/contacts/', body } as const;
  try {
    const received = parseContact(await send(request, contactResponse, call), operation);
    return { outcome: 'created', ...(await confirmCreate(connection, { received, patch }, call)) };
  } catch (error) {
    const created = isDoubtfulRefusal(error) ? await findCreated(connection, patch, call) : null;
    if (created === null) throw error;
    return { outcome: 'created', record: created };
  }
}

/** `confirmWrite` for a create. The contact of the answer is returned even if the contact cannot be read: it exists. */
async function confirmCreate(
  connection: Connection,
  write: Write,
  call: CallOptions,
): Promise<Pick<WriteResult, 'record' | 'dropped'>> {
  try {
    return { record: await confirmWrite(connection, write, call) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { record: toRecord(write.received, connection.account), dropped: error };
  }
}

/** A create refused with 422 may have created the contact nevertheless (seen by an integrator, api-docs issue 64). */
function isDoubtfulRefusal(error: unknown): boolean {
  return error instanceof InvalidRequestError && error.status === 422;
}

/** Finds the contact that a refused create has made, by our reference; null when there is none. */
async function findCreated(
  connection: Connection,
  { set }: Pick<RecordPatch, 'set'>,
  call: CallOptions & { reference: string },
): Promise<ProviderRecord | null> {
  if (connection.account.referenceField === undefined) return null;
  const phones = (set.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
  const emails = (set.emails ?? []).map(({ address }) => address);
  try {
    const found = await findRecords(connection, { reference: call.reference, phones, emails }, call);
    const created = found.find(({ reference }) => reference === call.reference);
    return created ? await readRecord(connection, created.externalId, call) : null;
  } catch (error) {
    throw error instanceof ProviderError ? toUnknownOutcome(error) : error;
  }
}

/** Equals a create with a lost response: the next attempt searches for the contact before it creates another. */
function toUnknownOutcome(cause: ProviderError): UnavailableError {
  const message = `${vendor.name} refused a contact, and may have created it nevertheless (422, ${operation}).`;
  return new UnavailableError({ provider: vendor.id, operation, status: 422, message, cause });
}
