import type { RecordPatch } from '../../domain/contact.ts';
import { createOperation, InvalidRequestError, NotFoundError } from '../errors.ts';
import { createSend } from '../http.ts';
import type { CallOptions, ConnectOptions, ProviderClient, ProviderRecord, RecordPage, WriteResult } from '../provider.ts';
import { RateLimiter, shareOf } from '../rate-limit.ts';
import { type Dialer, getContact, pathOf, toNamedRecord, vendor } from './dialer.ts';
import { findRecords } from './find.ts';
import { fromNew, fromPatch } from './mapping.ts';
import { MembershipBook } from './memberships.ts';
import { contact, createAnswer, pageOf } from './schema.ts';
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
    find: (lookup, call) => findRecords(dialer, lookup, call),
    create: (patch, call) => create(dialer, patch, call),
    update: (externalId, patch, call) => update(dialer, externalId, patch, call),
  };
}

async function read(dialer: Dialer, externalId: string, call?: CallOptions): Promise<ProviderRecord> {
  return toNamedRecord(dialer, await getContact(dialer, externalId, call), call);
}

/** By id, which never changes: what is created meanwhile comes last. A contact deleted meanwhile moves the later ones up by one. */
async function list(dialer: Dialer, { cursor }: { cursor: string | null }, call?: CallOptions): Promise<RecordPage> {
  const query = { page: cursor ?? '1', page_size: dialer.account.pageSize, ordering: 'id' };
  const request = { operation: 'list contacts', method: 'GET', path: '/contacts/', query } as const;
  try {
    const { count, next, results } = await dialer.send(request, pageOf(contact), call);
    const records = await Promise.all(results.map((row) => toNamedRecord(dialer, row, call)));
    return { records, cursor: findPage(next), total: count };
  } catch (error) {
    // The last page has emptied since the one before it was read.
    if (error instanceof NotFoundError && cursor !== null) return { records: [], cursor: null, total: null };
    throw error;
  }
}

async function create(dialer: Dialer, patch: RecordPatch, call: CallOptions & { reference: string }): Promise<WriteResult> {
  const { account, memberships } = dialer;
  const body = { ...fromNew(patch, call.reference, account), ...(await memberships.resolve(patch, call)) };
  const request = { operation: createOperation, method: 'POST', path: '/contacts/', body } as const;
  const answer = await dialer.send(request, createAnswer, call).catch((error) => forgetAndThrow(memberships, error));
  const created = 'id' in answer ? answer : await getContact(dialer, lowest(answer.duplicate_contacts), call);
  const kept = await assertKept(dialer, { sent: body, got: created, operation: createOperation }, call);
  return { outcome: 'id' in answer ? 'created' : 'merged', record: await toNamedRecord(dialer, kept, call) };
}

async function update(dialer: Dialer, externalId: string, patch: RecordPatch, call: CallOptions): Promise<WriteResult> {
  const { account, memberships } = dialer;
  const body = { ...fromPatch(patch, account), ...(await memberships.resolve(patch, call)) };
  if (Object.keys(body).length === 0) return { outcome: 'updated', record: await read(dialer, externalId, call) };
  const request = { operation: 'update contact', method: 'PATCH', path: pathOf(externalId), body } as const;
  const updated = await dialer.send(request, contact, call).catch((error) => forgetAndThrow(memberships, error));
  const kept = await assertKept(dialer, { sent: body, got: updated, operation: 'update contact' }, call);
  return { outcome: 'updated', record: await toNamedRecord(dialer, kept, call) };
}

/** Only the number: the link may name another host. */
function findPage(next: string | null): string | null {
  return next === null ? null : new URL(next, 'http://calltools').searchParams.get('page');
}

/** Of several duplicates, the oldest. */
function lowest(ids: string[]): string {
  return String(Math.min(...ids.map(Number)));
}

function forgetAndThrow(memberships: MembershipBook, error: unknown): never {
  if (error instanceof InvalidRequestError) memberships.forget();
  throw error;
}
