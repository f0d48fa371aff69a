import type { RecordPatch } from '#domain/contact.ts';
import { createOperation, InvalidRequestError } from '#providers/errors.ts';
import { createSend } from '#providers/http.ts';
import type {
  CallOptions,
  ConnectOptions,
  ProviderClient,
  ProviderRecord,
  RecordPage,
  WriteResult,
} from '#providers/provider.ts';
import { RateLimiter, shareOf } from '#providers/rate-limit.ts';
import { readChanges } from './changes.ts';
import { type Dialer, getContact, pathOf, toNamedRecord, vendor } from './dialer.ts';
import { findRecords } from './find.ts';
import { listContacts } from './listing.ts';
import { fromNew, fromPatch } from './mapping.ts';
import { MembershipBook } from './memberships.ts';
import { type CallToolsContact, contact, createAnswer } from './schema.ts';
import type { CallToolsAccount, CallToolsSecrets } from './settings.ts';
import { assertKept } from './verify.ts';

export function connect(options: ConnectOptions<CallToolsAccount, CallToolsSecrets>): ProviderClient {
  const { account, secrets, lists, sharedBy } = options;
  const { CALLTOOLS_BASE_URL: baseUrl, CALLTOOLS_API_KEY: key } = secrets;
  const limiter = new RateLimiter(shareOf({ ...account.rate, concurrency: account.concurrency }, sharedBy));
  const headers = async () => ({ authorization: `Token ${key}` });
  const send = createSend({ provider: vendor, baseUrl, timeoutSeconds: account.timeoutSeconds, limiter, headers });
  const dialer: Dialer = { send, account, memberships: new MembershipBook(send, account, lists) };
  return {
    // The silo that the account lives in; a key tells nothing of its account.
    accountId: new URL(baseUrl).hostname,
    requestsPerSecond: account.rate.requestsPerSecond / sharedBy,
    read: (externalId, call) => read(dialer, externalId, call),
    list: (page, call) => list(dialer, page, call),
    changes: (position, call) => readChanges(dialer, position, call),
    find: (lookup, call) => findRecords(dialer, lookup, call),
    create: (patch, call) => create(dialer, patch, call),
    update: (externalId, patch, call) => update(dialer, externalId, patch, call),
  };
}

async function read(dialer: Dialer, externalId: string, call?: CallOptions): Promise<ProviderRecord> {
  return toNamedRecord(dialer, await getContact(dialer, externalId, call), call);
}

async function list(dialer: Dialer, { cursor }: { cursor: string | null }, call?: CallOptions): Promise<RecordPage> {
  const page = Number(cursor ?? 1);
  const { rows, count, hasNext } = await listContacts(dialer, { page, order: 'id' }, call);
  const records = await Promise.all(rows.map((row) => toNamedRecord(dialer, row, call)));
  return { records, cursor: hasNext ? String(page + 1) : null, total: count };
}

async function create(dialer: Dialer, patch: RecordPatch, call: CallOptions & { reference: string }): Promise<WriteResult> {
  const { account, memberships } = dialer;
  const body = { ...fromNew(patch, call.reference, account), ...(await memberships.resolve(patch, call)) };
  const request = { operation: createOperation, method: 'POST', path: '/contacts/', body } as const;
  const answer = await dialer.send(request, createAnswer, call).catch((error) => forgetAndThrow(memberships, error));
  const created = 'id' in answer ? answer : await getContact(dialer, lowest(answer.duplicate_contacts), call);
  const kept = await assertKept(dialer, { sent: body, got: created, operation: createOperation }, call);
  return { outcome: 'id' in answer ? 'created' : 'merged', record: await toWhole(dialer, kept, call) };
}

async function update(dialer: Dialer, externalId: string, patch: RecordPatch, call: CallOptions): Promise<WriteResult> {
  const { account, memberships } = dialer;
  const body = { ...fromPatch(patch, account), ...(await memberships.resolve(patch, call)) };
  if (Object.keys(body).length === 0) return { outcome: 'updated', record: await read(dialer, externalId, call) };
  const request = { operation: 'update contact', method: 'PATCH', path: pathOf(externalId), body } as const;
  const updated = await dialer.send(request, contact, call).catch((error) => forgetAndThrow(memberships, error));
  const kept = await assertKept(dialer, { sent: body, got: updated, operation: 'update contact' }, call);
  return { outcome: 'updated', record: await toWhole(dialer, kept, call) };
}

/** No document says that the answer to a write shows all that a read does. */
async function toWhole(dialer: Dialer, answered: CallToolsContact, call: CallOptions): Promise<ProviderRecord> {
  const record = await toNamedRecord(dialer, answered, call);
  return record.complete ? record : read(dialer, record.externalId, call);
}

/** Of several duplicates, the oldest. */
function lowest(ids: string[]): string {
  return String(Math.min(...ids.map(Number)));
}

function forgetAndThrow(memberships: MembershipBook, error: unknown): never {
  if (error instanceof InvalidRequestError) memberships.forget();
  throw error;
}
