import { InvalidRequestError } from '#providers/errors.ts';
import type { CallOptions } from '#providers/provider.ts';
import { type Dialer, getContact, vendor } from './dialer.ts';
import { findNumbers } from './mapping.ts';
import type { CallToolsContact } from './schema.ts';

export interface Write {
  operation: string;
  sent: Record<string, unknown>;
  got: CallToolsContact;
}

/**
 * CallTools ignores what it does not know and says nothing (seen by integrators): a phone in a field that the account does not have
 * is lost. So every phone and bucket sent must be there afterwards, by the answer, or else by a read.
 */
export async function assertKept(dialer: Dialer, write: Write, call: CallOptions): Promise<CallToolsContact> {
  if (findLoss(dialer, write) === null) return write.got;
  const got = await getContact(dialer, write.got.id, call);
  const loss = findLoss(dialer, { ...write, got });
  if (loss === null) return got;
  const message = `CallTools took contact ${got.id} and dropped its ${loss} (${write.operation}).`;
  throw new InvalidRequestError({ provider: vendor.id, operation: write.operation, message });
}

/** What is missing, and what to look at. */
function findLoss({ account }: Dialer, { sent, got }: Write): string | null {
  const numbers = findNumbers(got, account);
  const lost = Object.values(account.phoneFields).filter((field) => isText(sent[field]) && !numbers.has(sent[field]));
  if (lost.length > 0) return `${lost.join(', ')}: phoneFields of accord.yaml must name the phone fields that the account has`;
  const buckets = new Set(got.buckets ?? []);
  const added = Array.isArray(sent.add_buckets) ? sent.add_buckets.map(String) : [];
  return added.every((id) => buckets.has(id)) ? null : 'bucket: is it the id of a bucket of this account?';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
