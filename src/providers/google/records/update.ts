import type { RecordPatch } from '#domain/contact.ts';
import { PreconditionFailedError } from '#providers/errors.ts';
import type { Connection } from '#providers/google/connection.ts';
import { toRequestedRecord } from '#providers/google/mapping.ts';
import { mergeFields } from '#providers/google/payload.ts';
import type { Person } from '#providers/google/schema.ts';
import { vendor } from '#providers/google/settings.ts';
import type { CallOptions, WriteResult } from '#providers/provider.ts';

/**
 * Updates a person with at most one read and one write. Google replaces fields as a whole, so an update is built from the current
 * person, in the exact state that the patch was made from: the one with the caller's etag.
 *
 * A recent call of ours may have cached that state. The cache is also safer than a read: a read just after a write may still return
 * the state before it (seen by integrators). Without a cached state, the person is read, and another etag than the caller's stops the
 * update before any write: either somebody changed the contact, or the read is late. In both cases the caller reads again and plans a
 * new write. Google's own etag check covers changes between the read and the write.
 */
export async function updateRecord(
  connection: Connection,
  externalId: string,
  patch: RecordPatch,
  { version, ...call }: CallOptions & { version: string | null },
): Promise<WriteResult> {
  const { people, account, recent } = connection;
  const cached = version === null ? null : recent.find(externalId, version);
  const person = cached ?? recent.remember(await people.get(externalId, call));
  if (version !== null && person.etag !== version) throw toVersionMismatch();
  const fields = mergeFields(person, patch.set, account);
  const isUnchanged = Object.keys(fields).length === 0;
  const after = isUnchanged ? await readUnlessRead(connection, { person, isRead: cached === null }, call) : await write();
  return { outcome: 'updated', record: toRequestedRecord(externalId, after, account) };

  async function write(): Promise<Person> {
    try {
      return recent.remember(await people.update(person, fields, call));
    } catch (error) {
      if (error instanceof PreconditionFailedError) recent.forget(person.resourceName);
      throw error;
    }
  }
}

/** Returns the current person even when nothing is written. */
async function readUnlessRead(
  { people, recent }: Connection,
  { person, isRead }: { person: Person; isRead: boolean },
  call: CallOptions,
): Promise<Person> {
  return isRead ? person : recent.remember(await people.get(person.resourceName, call));
}

function toVersionMismatch(): PreconditionFailedError {
  const operation = 'update contact';
  const message = `${vendor.name} has another version of this contact than the update expects (${operation}).`;
  return new PreconditionFailedError({ provider: vendor.id, operation, message });
}
