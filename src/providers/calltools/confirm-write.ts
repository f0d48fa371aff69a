import { InvalidRequestError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import type { Connection } from './connection.ts';
import { findNumbers } from './mapping.ts';
import { getContact, readRecord, toNamedRecord } from './read.ts';
import type { CallToolsContact } from './schema.ts';
import { vendor } from './settings.ts';

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
  if (lost.length > 0) return `${lost.join(', ')}: phoneFields in accord.yaml must name phone fields that the account has`;
  const buckets = new Set(received.buckets ?? []);
  const added = Array.isArray(sent.add_buckets) ? sent.add_buckets.map(String) : [];
  return added.every((id) => buckets.has(id)) ? null : 'bucket: is this the id of a bucket in this account?';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
