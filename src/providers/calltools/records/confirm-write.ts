import { type Connection, contactPath } from '#providers/calltools/connection.ts';
import { findNumbers } from '#providers/calltools/mapping.ts';
import { anyContact, type CallToolsContact } from '#providers/calltools/schema.ts';
import { vendor } from '#providers/calltools/settings.ts';
import { InvalidRequestError, ProviderError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, WriteResult } from '#providers/provider.ts';
import { getContact, readRecord, toNamedRecord } from './read.ts';

export interface Write {
  operation: string;
  /** The request body. */
  sent: Record<string, unknown>;
  /** The contact in the response. */
  received: CallToolsContact;
}

/**
 * Asserts that CallTools kept the written phones and buckets, and returns the whole record. CallTools silently ignores unknown keys
 * (seen by integrators): a phone in a field that the account does not have is lost. Throws `InvalidRequestError` on a loss.
 */
export async function confirmWrite(connection: Connection, write: Write, call: CallOptions): Promise<ProviderRecord> {
  const kept = await getKept(connection, write, call);
  const record = await toNamedRecord(connection, kept, call);
  // No documentation says that a write's response has all fields of a read.
  return record.complete ? record : readRecord(connection, record.externalId, call);
}

/**
 * `confirmWrite` for a create. At some accounts a phone given at the create does not attach, and a later update sets it (seen by
 * integrators), so lost phones are sent once more. The record is returned even if they are lost again, or if it cannot be read: it
 * exists, and another create would duplicate it.
 */
export async function confirmCreate(
  connection: Connection,
  write: Write,
  call: CallOptions,
): Promise<Pick<WriteResult, 'record' | 'dropped'>> {
  try {
    return { record: await confirmWrite(connection, write, call) };
  } catch (error) {
    if (error instanceof InvalidRequestError) return setPhonesOnce(connection, write, call);
    if (!(error instanceof ProviderError)) throw error;
    return { record: await toNamedRecord(connection, write.received, call), dropped: error };
  }
}

async function setPhonesOnce(connection: Connection, write: Write, call: CallOptions) {
  const { send, account } = connection;
  const { id } = write.received;
  const fields = Object.values(account.phoneFields).filter((field) => isText(write.sent[field]));
  const body = Object.fromEntries(fields.map((field) => [field, write.sent[field]]));
  const request = { operation: 'update contact', method: 'PATCH', path: contactPath(id), body } as const;
  try {
    if (fields.length > 0) await send(request, anyContact, call);
    return { record: await confirmWrite(connection, { ...write, received: await getContact(connection, id, call) }, call) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { record: await toNamedRecord(connection, write.received, call), dropped: error };
  }
}

/** Checks the response, and reads the contact only when the response lacks a value. */
async function getKept(connection: Connection, write: Write, call: CallOptions): Promise<CallToolsContact> {
  if (findLoss(connection, write) === null) return write.received;
  const received = await getContact(connection, write.received.id, call);
  const loss = findLoss(connection, { ...write, received });
  if (loss === null) return received;
  const message = `CallTools accepted contact ${received.id} and dropped its ${loss} (${write.operation}).`;
  throw new InvalidRequestError({ provider: vendor.id, operation: write.operation, message });
}

/** Names the lost value and the likely cause. */
function findLoss({ account }: Connection, { sent, received }: Write): string | null {
  const numbers = findNumbers(received, account);
  const lost = Object.values(account.phoneFields).filter((field) => isText(sent[field]) && !numbers.has(sent[field]));
  if (lost.length > 0)
    return `${lost.join(', ')}: set accounts.calltools.phoneFields in accord.yaml to phone fields that the account has, then retry`;
  const buckets = new Set(received.buckets ?? []);
  const added = Array.isArray(sent.add_buckets) ? sent.add_buckets.map(String) : [];
  return added.every((id) => buckets.has(id)) ? null : 'bucket: is this the id of a bucket in this account?';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
