import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accountSchema, secretsSchema } from '#providers/calltools/settings.ts';
import * as errors from '#providers/errors.ts';
import { calltools } from '#providers/index.ts';
import { calltoolsSandbox, defaultToken } from '#sandbox/calltools/index.ts';
import { describeProviderContract, e164, noChange, noTokens, person } from '#test/providers/provider-contract.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';

const account = {
  rate: { requestsPerSecond: 1000, burst: 1000 },
  concurrency: 5,
  pageSize: 2,
  referenceField: 'hub_contact_id',
};
const environment = (url: string) => ({ CALLTOOLS_BASE_URL: `${url || 'http://unused'}/api`, CALLTOOLS_API_KEY: defaultToken });

describeProviderContract({
  provider: calltools,
  startSandbox: () => calltoolsSandbox.start(),
  account,
  environment,
  wrongKey: { CALLTOOLS_API_KEY: '0'.repeat(40) },
  unknownId: '999999',
  remove: (sandbox, id) => sandbox.change({ delete: [Number(id)] }),
  edit: (sandbox, id, { unmapped, addTag }) =>
    sandbox.change({ tags: [addTag], update: [{ id: Number(id), county: unmapped, add_tags: [addTag] }] }),
  readUnmapped: async (sandbox, id) => (await sandbox.records()).find((contact) => String(contact.id) === id)?.county,
});

let running: Awaited<ReturnType<typeof calltoolsSandbox.start>>;
let sandbox: SandboxControl;
beforeAll(async () => {
  running = await calltoolsSandbox.start();
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(() => sandbox.reset());
afterAll(() => running.close());

function connect(changes: object = {}, { secrets = {}, lists = [] }: { secrets?: object; lists?: string[] } = {}) {
  return calltools.connect({
    account: accountSchema.parse({ ...account, ...changes }),
    secrets: secretsSchema.parse({ ...environment(running.url), ...secrets }),
    tokens: noTokens,
    lists,
  });
}

const create = (number: number, client = connect()) =>
  client.create({ ...noChange, set: person(number) }, { reference: `ref-${number}` });
const emptyLookup = { reference: null, phones: [], emails: [] };
const noVersion = { version: null };

describe('the client of CallTools', () => {
  it.each(['phone_number_1', '48213'])('writes, finds and reads a phone in the field %s of the account', async (field) => {
    await sandbox.patchSettings({ fields: { [field]: 'phone', personal_email_address: 'email', hub_contact_id: 'text' } });
    const client = connect({ phoneFields: { mobile: field } });
    const { record, dropped } = await create(1, client);
    expect([dropped, record.values.phones]).toEqual([undefined, [expect.objectContaining({ e164: e164(1), label: 'mobile' })]]);
    expect(await client.find({ ...emptyLookup, phones: [e164(1)] })).toMatchObject([{ externalId: record.externalId }]);
    const set = { phones: [{ e164: e164(2), extension: null, raw: e164(2), label: 'mobile' }] };
    await client.update(record.externalId, { ...noChange, set }, noVersion);
    expect(await sandbox.records()).toMatchObject([{ [field]: e164(2) }]);
    expect((await client.read(record.externalId)).values.phones).toMatchObject([{ e164: e164(2) }]);
    expect(await client.update(record.externalId, { ...noChange, set: { phones: [] } }, noVersion)).toMatchObject({
      record: { values: { phones: [] } },
    });
  });

  it('reports a create that CallTools merged into an existing contact, and overwrites nothing with empty values', async () => {
    const { record: first } = await create(1);
    const set = { givenName: 'Augusta', familyName: null, emails: [], phones: person(1).phones ?? [] };
    const { outcome, record } = await connect().create({ ...noChange, set }, { reference: 'ref-2' });
    expect(outcome).toBe('merged');
    expect(record.externalId).toBe(first.externalId);
    expect(record.values).toMatchObject({ givenName: 'Augusta', familyName: 'Lovelace', emails: first.values.emails });
  });

  it('returns the record and the loss when CallTools drops a phone in a field that the account does not have', async () => {
    const { outcome, dropped } = await create(1, connect({ phoneFields: { mobile: 'cell_phone' } }));
    expect(outcome).toBe('created');
    expect(dropped?.message).toMatch(/dropped its cell_phone: set accounts.calltools.phoneFields in accord.yaml/);
  });

  it('does not read a wrong base URL as a deleted contact', async () => {
    const client = connect({}, { secrets: { CALLTOOLS_BASE_URL: running.url } });
    await expect(client.read('1')).rejects.toThrow('is the base URL right?');
  });

  it('ends a listing whose last page became empty', async () => {
    expect(await connect().list({ cursor: '7' })).toEqual({ records: [], unreadable: [], cursor: null, total: null });
  });

  it('treats a row without phone fields as incomplete', async () => {
    await sandbox.patchSettings({ listOmitsPhones: true });
    const { record } = await create(1);
    const [row] = (await connect().list({ cursor: null })).records;
    expect(row).toMatchObject({ complete: false });
    expect(row?.values).not.toHaveProperty('phones');
    const found = await connect().find({ ...emptyLookup, phones: [e164(1)] });
    expect(found).toEqual([record]);
  });

  it('reads the contact when the response to a write lacks fields', async () => {
    const { record } = await create(1);
    const body = { id: Number(record.externalId), last_name: 'King', tags: [], buckets: [] };
    await sandbox.addFault({ method: 'PATCH', afterWrite: true, status: 200, body, times: 1 });
    const patch = { ...noChange, set: { familyName: 'King' } };
    const updated = await connect().update(record.externalId, patch, noVersion);
    expect(updated.record).toMatchObject({ complete: true, values: { ...record.values, familyName: 'King' } });
  });

  it('returns no hits when CallTools ignores the filter', async () => {
    await sandbox.patchSettings({ phoneNumberFilter: false });
    for (let number = 1; number <= 3; number += 1) await create(number);
    expect(await connect().find({ ...emptyLookup, phones: ['+12055550199'] })).toEqual([]);
    const many = Array.from({ length: 8 }, (_, at) => ({ mobile_phone_number: `+12055550${160 + at}` }));
    await sandbox.change({ create: many });
    const error = await connect()
      .find({ ...emptyLookup, phones: ['+12055550199'] })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(errors.InvalidRequestError);
    expect(error).toMatchObject({ message: expect.stringContaining('ignored the filter phone_number and listed 11 contacts') });
  });

  it('finds by reference and email with filters from accord.yaml', async () => {
    await sandbox.patchSettings({ accountFieldFilters: true });
    const { record } = await create(1);
    await create(2);
    const client = connect({ emailFilter: 'personal_email_address', referenceFilter: 'hub_contact_id' });
    expect(await client.find({ ...emptyLookup, reference: 'ref-1' })).toEqual([record]);
    expect(await client.find({ ...emptyLookup, emails: ['ada1@example.com'] })).toEqual([record]);
  });
});

describe('buckets of CallTools', () => {
  const into = (bucket: string) => ({ ...noChange, addLists: [bucket] });

  it('are found in any case, added and removed', async () => {
    await sandbox.change({ buckets: ['Cold Leads', 'Others'] });
    const client = connect();
    const { record } = await create(1, client);
    const added = await client.update(record.externalId, into('cold leads'), noVersion);
    expect(added.record.values.lists).toEqual(['Cold Leads']);
    const removed = await client.update(record.externalId, { ...noChange, removeLists: ['Cold Leads', 'Unheard of'] }, noVersion);
    expect(removed.record.values.lists).toEqual([]);
  });

  it('are added by the create, in one call once their names are cached', async () => {
    await sandbox.change({ buckets: ['Cold Leads'] });
    const client = connect();
    await client.create({ ...into('Cold Leads'), set: person(1) }, { reference: 'ref-1' });
    const before = await sandbox.lastRequest();
    const { record } = await client.create({ ...into('Cold Leads'), set: person(2) }, { reference: 'ref-2' });
    expect(record.values.lists).toEqual(['Cold Leads']);
    expect(await sandbox.requestsSince(before)).toHaveLength(1);
  });

  it.each([
    ['accord.yaml forbids it', { createBuckets: false }],
    ['the key lacks the permission', { createBuckets: true }],
  ])('are not created when %s, and the error says how to fix it', async (_, changes) => {
    const { record } = await create(1);
    await expect(connect(changes).update(record.externalId, into('Cold Leads'), noVersion)).rejects.toThrow(
      'create a bucket named "Cold Leads" in CallTools, then retry',
    );
    await sandbox.change({ buckets: ['Cold Leads'] });
  });

  it('are found as soon as a person has created them', async () => {
    const client = connect();
    const { record } = await create(1, client);
    await expect(client.update(record.externalId, into('Cold Leads'), noVersion)).rejects.toBeInstanceOf(
      errors.InvalidRequestError,
    );
    await sandbox.change({ buckets: ['Cold Leads'] });
    const { record: updated } = await client.update(record.externalId, into('Cold Leads'), noVersion);
    expect(updated.values.lists).toEqual(['Cold Leads']);
  });

  it('are created once if accord.yaml and the key allow it', async () => {
    await sandbox.patchSettings({ bucketCreateAllowed: true });
    const client = connect({ createBuckets: true });
    const [one, two] = [await create(1, client), await create(2, client)];
    const updates = [one, two].map(({ record }) => client.update(record.externalId, into('Cold Leads'), noVersion));
    for (const { record } of await Promise.all(updates)) expect(record.values.lists).toEqual(['Cold Leads']);
    const creates = (await sandbox.requestsSince(0)).filter(({ method, path }) => method === 'POST' && path === '/api/buckets/');
    expect(creates).toHaveLength(1);
  });

  it('are named by id if accord.yaml uses the id', async () => {
    const { buckets } = (await sandbox.change({ buckets: ['Q3 dial list'] })) as { buckets: Record<string, number> };
    const number = String(buckets['Q3 dial list']);
    const client = connect({}, { lists: ['Others', number] });
    const { record } = await create(1, client);
    await client.update(record.externalId, into(number), noVersion);
    expect((await client.read(record.externalId)).values.lists).toEqual([number]);
  });
});

describe('tags of CallTools', () => {
  it('are found in any case, and created if missing', async () => {
    await sandbox.change({ tags: ['Cold Lead'] });
    const client = connect();
    const { record } = await create(1, client);
    const patch = { ...noChange, addTags: ['cold lead', 'Active client'] };
    expect((await client.update(record.externalId, patch, noVersion)).record.values.tags).toEqual(['Cold Lead', 'Active client']);
  });

  it('are not created when accord.yaml forbids it, and the error says how to fix it', async () => {
    const client = connect({ createTags: false });
    const { record } = await create(1, client);
    await expect(client.update(record.externalId, { ...noChange, addTags: ['Active client'] }, noVersion)).rejects.toThrow(
      'create a tag named "Active client" in CallTools, then retry',
    );
  });
});
