import { z } from 'zod';
import type { RecordPatch } from '#domain/contact.ts';
import { createOperation } from '#providers/errors.ts';
import type { CallOptions, ConnectOptions, ProviderClient, RecordPage, WriteResult } from '#providers/provider.ts';
import { findRecords } from './find.ts';
import { findCreated, isRefusal } from './find-created.ts';
import { fitValues } from './fit-values.ts';
import { type Location, pathOf, read } from './location.ts';
import { fromNew, fromPatch, toListedRecord, toRecord } from './mapping.ts';
import { contactAnswer, type GoHighLevelContact, searchAnswer, tagsAnswer } from './schema.ts';
import { connectSend } from './send.ts';
import type { GoHighLevelAccount, GoHighLevelSecrets } from './settings.ts';
import { shows } from './shows.ts';

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
  const body = { locationId, ...fromNew(patch, call.reference, account) };
  const request = { operation: createOperation, method: 'POST', path: '/contacts/', body } as const;
  try {
    const { contact } = await send(request, contactAnswer, call);
    return { outcome: 'created', record: await toShown(location, contact, patch, call) };
  } catch (error) {
    const created = isRefusal(error) ? await findCreated(location, patch, call) : null;
    if (created === null) throw error;
    return { outcome: 'created', record: created };
  }
}

/** Tags first, so that the answer to the update shows them, and no read is needed. */
async function update(location: Location, externalId: string, patch: RecordPatch, call: CallOptions): Promise<WriteResult> {
  await changeTags(location, externalId, { method: 'POST', operation: 'add tags', tags: patch.addTags }, call);
  await changeTags(location, externalId, { method: 'DELETE', operation: 'remove tags', tags: patch.removeTags }, call);
  const body = fromPatch(patch, location.account);
  if (Object.keys(body).length === 0) return { outcome: 'updated', record: await read(location, externalId, call) };
  const request = { operation: 'update contact', method: 'PUT', path: pathOf(externalId), body } as const;
  const { contact } = await location.send(request, contactAnswer, call);
  return { outcome: 'updated', record: await toShown(location, contact, patch, call) };
}

/** The answer to a write, if it shows what was written; else a read. Integrators have seen answers that left fields out. */
async function toShown(location: Location, contact: GoHighLevelContact, patch: RecordPatch, call: CallOptions) {
  const record = toRecord(contact, location.account);
  return shows(record.values, patch, location.account) ? record : read(location, record.externalId, call);
}

interface TagChange {
  operation: string;
  method: 'POST' | 'DELETE';
  tags: string[];
}

/** By the tags' own routes: `tags` in an update would replace those that somebody else has added meanwhile. */
async function changeTags({ send, account }: Location, externalId: string, change: TagChange, call: CallOptions): Promise<void> {
  const { tags = [] } = fitValues({ tags: change.tags }, account);
  if (tags.length === 0) return;
  const { operation, method } = change;
  await send({ operation, method, path: `${pathOf(externalId)}/tags`, body: { tags } }, tagsAnswer, call);
}

/** The sort value and the id of a page's last contact, as HighLevel gives them on each row. */
const cursorSchema = z.array(z.union([z.string(), z.number()]));

/** A full page without a cursor would end the listing early, and make what follows look deleted. */
function pageAnswer(pageSize: number) {
  return searchAnswer.refine(({ contacts }) => contacts.length < pageSize || contacts.at(-1)?.searchAfter !== undefined, {
    path: ['contacts', 'searchAfter'],
  });
}
