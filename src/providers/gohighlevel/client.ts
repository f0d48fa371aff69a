import { z } from 'zod';
import type { RecordPatch } from '../../domain/contact.ts';
import { createOperation } from '../errors.ts';
import type { Send } from '../http.ts';
import type { CallOptions, ConnectOptions, ProviderClient, ProviderRecord, RecordPage, WriteResult } from '../provider.ts';
import { findRecords } from './find.ts';
import { fitValues } from './fit-values.ts';
import { fromNew, fromPatch, toListedRecord, toRecord } from './mapping.ts';
import { contactAnswer, searchAnswer, tagsAnswer } from './schema.ts';
import { connectSend } from './send.ts';
import type { GoHighLevelAccount, GoHighLevelSecrets } from './settings.ts';

export function connect(options: ConnectOptions<GoHighLevelAccount, GoHighLevelSecrets>): ProviderClient {
  const { account } = options;
  const location: Location = { send: connectSend(options), account, locationId: options.secrets.GHL_LOCATION_ID };
  return {
    accountId: location.locationId,
    requestsPerSecond: account.rate.requestsPerSecond / options.sharedBy,
    read: (externalId, call) => read(location, externalId, call),
    list: (page, call) => list(location, page, call),
    find: (lookup, call) => findRecords(location, lookup, call),
    create: (patch, call) => create(location, patch, call),
    update: (externalId, patch, call) => update(location, externalId, patch, call),
  };
}

/** One location (sub-account), and the way to it. */
export interface Location {
  send: Send;
  account: GoHighLevelAccount;
  locationId: string;
}

async function read({ send, account }: Location, externalId: string, call?: CallOptions): Promise<ProviderRecord> {
  const request = { operation: 'read contact', method: 'GET', path: pathOf(externalId) } as const;
  const { contact } = await send(request, contactAnswer, call);
  return toRecord(contact, account);
}

/** Oldest first: what is created meanwhile comes last, and an edit moves nothing. */
async function list(
  { send, account, locationId }: Location,
  page: { cursor: string | null },
  call?: CallOptions,
): Promise<RecordPage> {
  const body = {
    locationId,
    pageLimit: account.pageSize,
    sort: [{ field: 'dateAdded', direction: 'asc' }],
    ...(page.cursor !== null && { searchAfter: cursorSchema.parse(JSON.parse(page.cursor)) }),
  };
  const request = { operation: 'list contacts', method: 'POST', path: '/contacts/search', body } as const;
  const { contacts, total } = await send(request, pageAnswer(account.pageSize), call);
  const last = contacts.length < account.pageSize ? undefined : contacts.at(-1);
  return {
    records: contacts.map((row) => toListedRecord(row, account)),
    cursor: last ? JSON.stringify(last.searchAfter) : null,
    total: total ?? null,
  };
}

async function create(location: Location, patch: RecordPatch, call: CallOptions & { reference: string }): Promise<WriteResult> {
  const { send, account, locationId } = location;
  const body = { locationId, ...fromNew(patch, { reference: call.reference, referenceField: account.referenceField }) };
  const request = { operation: createOperation, method: 'POST', path: '/contacts/', body } as const;
  const { contact } = await send(request, contactAnswer, call);
  return { outcome: 'created', record: toRecord(contact, account) };
}

/** Tags first, so that the answer to the update shows them, and no read is needed. */
async function update(location: Location, externalId: string, patch: RecordPatch, call: CallOptions): Promise<WriteResult> {
  await changeTags(location, externalId, { method: 'POST', operation: 'add tags', tags: patch.addTags }, call);
  await changeTags(location, externalId, { method: 'DELETE', operation: 'remove tags', tags: patch.removeTags }, call);
  const body = fromPatch(patch);
  if (Object.keys(body).length === 0) return { outcome: 'updated', record: await read(location, externalId, call) };
  const request = { operation: 'update contact', method: 'PUT', path: pathOf(externalId), body } as const;
  const { contact } = await location.send(request, contactAnswer, call);
  return { outcome: 'updated', record: toRecord(contact, location.account) };
}

interface TagChange {
  operation: string;
  method: 'POST' | 'DELETE';
  tags: string[];
}

/** By the tags' own routes: `tags` in an update would replace those that somebody else has added meanwhile. */
async function changeTags({ send }: Location, externalId: string, change: TagChange, call: CallOptions): Promise<void> {
  const { tags = [] } = fitValues({ tags: change.tags });
  if (tags.length === 0) return;
  const { operation, method } = change;
  await send({ operation, method, path: `${pathOf(externalId)}/tags`, body: { tags } }, tagsAnswer, call);
}

function pathOf(externalId: string): string {
  return `/contacts/${encodeURIComponent(externalId)}`;
}

/** The sort value and the id of a page's last contact, as HighLevel gives them on each row. */
const cursorSchema = z.array(z.union([z.string(), z.number()]));

/** A full page without a cursor would end the listing early, and make what follows look deleted. */
function pageAnswer(pageSize: number) {
  return searchAnswer.refine(({ contacts }) => contacts.length < pageSize || contacts.at(-1)?.searchAfter !== undefined, {
    path: ['contacts', 'searchAfter'],
  });
}
