import type { RecordPatch } from '#domain/contact.ts';
import { type Connection, contactPath } from '#providers/calltools/connection.ts';
import { fromPatch } from '#providers/calltools/payload.ts';
import { anyContact } from '#providers/calltools/schema.ts';
import type { CallOptions, WriteResult } from '#providers/provider.ts';
import { confirmWrite } from './confirm-write.ts';
import { parseContact, readRecord } from './read.ts';

const operation = 'update contact';

/** Updates the fields, tags and buckets in the patch. Makes no write when the patch is empty. */
export async function updateRecord(
  connection: Connection,
  externalId: string,
  patch: RecordPatch,
  call: CallOptions,
): Promise<WriteResult> {
  const { send, account, memberships } = connection;
  const body = { ...fromPatch(patch, account), ...(await memberships.resolve(patch, call)) };
  if (Object.keys(body).length === 0) return { outcome: 'updated', record: await readRecord(connection, externalId, call) };
  const request = { operation, method: 'PATCH', path: contactPath(externalId), body } as const;
  const received = parseContact(await memberships.forgetOnRefusal(send(request, anyContact, call)), operation, account);
  return { outcome: 'updated', record: await confirmWrite(connection, { operation, sent: body, received }, call) };
}
