import type { RecordPatch } from '#domain/contact.ts';
import { PreconditionFailedError } from '#providers/errors.ts';
import type { CallOptions, WriteResult } from '#providers/provider.ts';
import type { AddressBook } from './client.ts';
import { toAskedRecord } from './mapping.ts';
import { mergeFields } from './merge-fields.ts';
import { vendor } from './refusals.ts';
import type { Person } from './schema.ts';

/**
 * At most one read and one write. Google replaces fields as a whole, so an update starts from the person as Google holds it, and
 * that must be the very state that the patch was made from: the one with the caller's etag.
 *
 * It is at hand where our own last call brought it. That is more than thrift: integrators saw that a read just after a write may
 * still show the state before, so the answer to the write is the better witness. Where it is not at hand it is read, and another
 * etag than the caller's stops the update before anything is written: either somebody changed the contact, or the read is late.
 * We cannot tell which, and need not: after either the caller reads again and decides anew. What happens between the read and the
 * write is Google's own check of the etag.
 */
export async function update(
  book: AddressBook,
  externalId: string,
  patch: RecordPatch,
  { version, ...call }: CallOptions & { version: string | null },
): Promise<WriteResult> {
  const { people, account, recent } = book;
  const known = version === null ? null : recent.find(externalId, version);
  const person = known ?? recent.remember(await people.get(externalId, call));
  if (version !== null && person.etag !== version) throw isOtherVersion();
  const fields = mergeFields(person, patch.set, account);
  const isUnchanged = Object.keys(fields).length === 0;
  const after = isUnchanged ? await readUnlessRead(book, { person, isRead: known === null }, call) : await write();
  return { outcome: 'updated', record: toAskedRecord(externalId, after, account) };

  async function write(): Promise<Person> {
    try {
      return recent.remember(await people.update(person, fields, call));
    } catch (error) {
      if (error instanceof PreconditionFailedError) recent.forget(person.resourceName);
      throw error;
    }
  }
}

/** Where nothing is to be written, the answer is still how the contact is now. */
async function readUnlessRead(
  { people, recent }: AddressBook,
  { person, isRead }: { person: Person; isRead: boolean },
  call: CallOptions,
): Promise<Person> {
  return isRead ? person : recent.remember(await people.get(person.resourceName, call));
}

function isOtherVersion(): PreconditionFailedError {
  const operation = 'update contact';
  const message = `${vendor.name} shows another version of this contact than the one that was to be changed (${operation}).`;
  return new PreconditionFailedError({ provider: vendor.id, operation, message });
}
