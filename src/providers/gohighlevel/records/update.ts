import type { RecordPatch } from '#domain/contact.ts';
import { type Connection, contactPath } from '#providers/gohighlevel/connection.ts';
import { noLocationFields } from '#providers/gohighlevel/custom-fields.ts';
import { fitValues } from '#providers/gohighlevel/fit-values.ts';
import { fromPatch, hasCustomFields } from '#providers/gohighlevel/payload.ts';
import { contactResponse, tagsResponse } from '#providers/gohighlevel/schema.ts';
import type { CallOptions, WriteResult } from '#providers/provider.ts';
import { confirmWrite } from './confirm-write.ts';
import { getContact, parseContact, readRecord } from './read.ts';

/** Updates a contact. Writes tags first: then the response to the update includes them, and no read is needed. */
export async function updateRecord(
  connection: Connection,
  externalId: string,
  patch: RecordPatch,
  call: CallOptions,
): Promise<WriteResult> {
  await changeTags(connection, externalId, { method: 'POST', operation: 'add tags', tags: patch.addTags }, call);
  await changeTags(connection, externalId, { method: 'DELETE', operation: 'remove tags', tags: patch.removeTags }, call);
  const current = patch.set.doNotContact ? await getContact(connection, externalId, call) : null;
  const { account } = connection;
  const fields = hasCustomFields(patch, account) ? await connection.readFields(call) : noLocationFields;
  const body = fromPatch(patch, { account, fields, current: current?.dndSettings });
  if (Object.keys(body).length === 0) return { outcome: 'updated', record: await readRecord(connection, externalId, call) };
  const request = { operation: 'update contact', method: 'PUT', path: contactPath(externalId), body } as const;
  const received = parseContact(await connection.send(request, contactResponse, call), request.operation);
  return { outcome: 'updated', record: await confirmWrite(connection, { received, patch }, call) };
}

interface TagChange {
  operation: string;
  method: 'POST' | 'DELETE';
  tags: string[];
}

/** Uses the tag routes: `tags` in an update would overwrite tags that others added meanwhile. */
async function changeTags(
  { send, account }: Connection,
  externalId: string,
  change: TagChange,
  call: CallOptions,
): Promise<void> {
  const { tags = [] } = fitValues({ tags: change.tags }, account);
  if (tags.length === 0) return;
  const { operation, method } = change;
  await send({ operation, method, path: `${contactPath(externalId)}/tags`, body: { tags } }, tagsResponse, call);
}
