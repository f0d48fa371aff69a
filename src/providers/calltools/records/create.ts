import type { RecordPatch } from '#domain/contact.ts';
import type { Connection } from '#providers/calltools/connection.ts';
import { fromNew } from '#providers/calltools/payload.ts';
import { createResponse } from '#providers/calltools/schema.ts';
import { createOperation as operation } from '#providers/errors.ts';
import type { CallOptions, WriteResult } from '#providers/provider.ts';
import { confirmCreate, confirmWrite } from './confirm-write.ts';
import { getContact, parseContact } from './read.ts';

/** Creates a contact, or reports `merged` where the account merges duplicates into existing contacts. */
export async function createRecord(
  connection: Connection,
  patch: RecordPatch,
  call: CallOptions & { reference: string },
): Promise<WriteResult> {
  const { send, account, memberships } = connection;
  const body = { ...fromNew(patch, call.reference, account), ...(await memberships.resolve(patch, call)) };
  const request = { operation, method: 'POST', path: '/contacts/', body } as const;
  const response = await memberships.forgetOnRefusal(send(request, createResponse, call));
  const isCreated = 'id' in response;
  const received = isCreated
    ? parseContact(response, operation, account)
    : await getContact(connection, findLowest(response.duplicate_contacts), call);
  const write = { operation, sent: body, received };
  if (isCreated) return { outcome: 'created', ...(await confirmCreate(connection, write, call)) };
  return { outcome: 'merged', record: await confirmWrite(connection, write, call) };
}

/** Picks the oldest of several duplicates. */
function findLowest(ids: string[]): string {
  return String(Math.min(...ids.map(Number)));
}
