import type { RecordPatch } from '#domain/contact.ts';
import type {
  CallOptions,
  ConnectOptions,
  ProviderClient,
  ProviderRecord,
  RecordPage,
  WriteResult,
} from '#providers/provider.ts';
import { type Call, createCall } from './call.ts';
import { create, createMany } from './create.ts';
import { findRecords } from './find.ts';
import { fromPatch, toRecord, toRecordOf } from './mapping.ts';
import { readMany } from './read-many.ts';
import { customerAnswer, pageAnswer } from './schema.ts';
import type { SquareAccount, SquareSecrets } from './settings.ts';
import { writeFields } from './write-fields.ts';

/** The customer directory of one seller, and the way to it. */
export interface Directory {
  call: Call;
  account: SquareAccount;
}

export function connect(options: ConnectOptions<SquareAccount, SquareSecrets>): ProviderClient {
  const { account, secrets, sharedBy } = options;
  const directory: Directory = { call: createCall(options), account };
  return {
    accountId: secrets.SQUARE_MERCHANT_ID,
    requestsPerSecond: account.rate.requestsPerSecond / sharedBy,
    read: (externalId, call) => read(directory, externalId, call),
    list: (page, call) => list(directory, page, call),
    readMany: (externalIds, call) => readMany(directory, externalIds, call),
    find: (lookup, call) => findRecords(directory, lookup, call),
    create: (patch, call) => create(directory, patch, call),
    createMany: (creates, call) => createMany(directory, creates, call),
    update: (externalId, patch, call) => update(directory, externalId, patch, call),
  };
}

async function read({ call, account }: Directory, externalId: string, options?: CallOptions): Promise<ProviderRecord> {
  const { customer } = await call(
    { operation: 'read contact', run: (customers, request) => customers.get({ customerId: externalId }, request) },
    customerAnswer,
    options,
  );
  return toRecordOf(externalId, customer, account);
}

/**
 * Oldest first: what is created meanwhile comes last, and an edit moves nothing. Square docs (ListCustomers): the listing shows a
 * change within 30 seconds, sometimes after a minute or more; and no customer without a name, company, email and phone.
 */
async function list({ call, account }: Directory, page: { cursor: string | null }, options?: CallOptions): Promise<RecordPage> {
  const query = {
    limit: account.pageSize,
    sortField: 'CREATED_AT',
    sortOrder: 'ASC',
    count: true,
    ...(page.cursor !== null && { cursor: page.cursor }),
  } as const;
  const { customers, cursor, count } = await call(
    { operation: 'list contacts', run: async (directory, request) => (await directory.list(query, request)).response },
    pageAnswer,
    options,
  );
  return {
    records: (customers ?? []).map((customer) => toRecord(customer, account)),
    cursor: cursor || null,
    total: typeof count === 'bigint' ? Number(count) : null,
  };
}

/** An update of nothing would be refused (Square docs, release notes of 2021-10-20). */
async function update(
  directory: Directory,
  externalId: string,
  patch: RecordPatch,
  options: CallOptions & { version: string | null },
): Promise<WriteResult> {
  const fields = fromPatch(patch);
  if (Object.keys(fields).length === 0) return { outcome: 'updated', record: await read(directory, externalId, options) };
  return { outcome: 'updated', record: await writeFields(directory, externalId, fields, options) };
}
