import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordPatch } from '#domain/contact.ts';
import { InvalidRequestError } from '#providers/errors.ts';
import { gohighlevel } from '#providers/gohighlevel/index.ts';
import { accountSchema, secretsSchema } from '#providers/gohighlevel/settings.ts';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { noChange, noTokens, person } from '#test/providers/provider-contract.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';

const definitions = [
  { id: 'FieldMembership00001', name: 'Membership', dataType: 'SINGLE_OPTIONS', picklistOptions: ['Gold', 'Silver'] },
  { id: 'FieldSize00000000001', name: 'Shoe size', dataType: 'NUMERICAL' },
  { id: 'FieldTopics000000001', name: 'Topics', dataType: 'MULTIPLE_OPTIONS', picklistOptions: ['Art', 'Tea'] },
  { id: 'FieldRenewal00000001', name: 'Renewal', dataType: 'DATE' },
];
const customFields = {
  'extras.membership': 'contact.membership',
  'extras.size': 'shoe_size',
  'extras.topics': 'FieldTopics000000001',
  'extras.renewal': 'contact.renewal',
};

let running: Awaited<ReturnType<typeof gohighlevelSandbox.start>>;
let sandbox: SandboxControl;
beforeAll(async () => {
  running = await gohighlevelSandbox.start({ settings: { searchLagMs: 0, rateLimitMax: 100_000 } });
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.change({ customFields: definitions });
});
afterAll(() => running.close());

function connect() {
  return gohighlevel.connect({
    account: { ...accountSchema.parse({ rate: { requestsPerSecond: 1000, burst: 1000 } }), customFields },
    secrets: secretsSchema.parse({
      ...{ GHL_BASE_URL: running.url, GHL_LOCATION_ID: 'Sbx0Location0Alpha01' },
      GHL_API_KEY: 'pit-00000000-0000-4000-8000-000000000001',
    }),
    ...{ tokens: noTokens, lists: [] },
  });
}

const create = (set: RecordPatch['set']) =>
  connect().create({ ...noChange, set: { ...person(0), ...set } }, { reference: 'ref-1' });
const update = (id: string, set: RecordPatch['set']) => connect().update(id, { ...noChange, set }, { version: null });
const storedIn = async (id: string) => (await sandbox.records()).find((contact) => contact.id === id)?.customFields;

describe('custom fields of GoHighLevel', () => {
  const extras = {
    'extras.membership': 'gold',
    'extras.size': '42',
    'extras.topics': 'Tea, art',
    'extras.renewal': '2027-01-31',
  };
  const held = { ...extras, 'extras.membership': 'Gold', 'extras.topics': 'Tea, Art' };

  it('hold texts as options, numbers, lists and dates', async () => {
    const { record } = await create(extras);
    expect(record.values).toMatchObject(held);
    expect(await storedIn(record.externalId)).toEqual([
      { id: 'FieldMembership00001', value: 'Gold' },
      { id: 'FieldSize00000000001', value: 42 },
      { id: 'FieldTopics000000001', value: ['Tea', 'Art'] },
      { id: 'FieldRenewal00000001', value: '2027-01-31' },
    ]);
    expect((await connect().read(record.externalId)).values).toEqual(record.values);
    const { records } = await connect().list({ cursor: null });
    expect(records[0]?.values).toMatchObject(held);
  });

  it('are cleared one by one, and other fields stay', async () => {
    const { record } = await create(extras);
    const { record: after } = await update(record.externalId, { 'extras.membership': null, 'extras.topics': null });
    expect(after.values).toEqual({ ...record.values, 'extras.membership': null, 'extras.topics': null });
  });

  it.each([
    ['extras.membership', 'Platinum', 'Membership has no such option; it has Gold, Silver'],
    ['extras.size', 'large', 'Shoe size takes numbers only'],
    ['extras.renewal', 'soon', 'Renewal takes dates only'],
  ])('refuse a text of another kind: %s %s', async (field, text, because) => {
    const { record } = await create({});
    const refused = update(record.externalId, { [field]: text });
    await expect(refused).rejects.toThrow(InvalidRequestError);
    await expect(refused).rejects.toThrow(because);
  });

  it('that are deleted are neither empty nor written, and a new one has another id', async () => {
    const { record } = await create(extras);
    await sandbox.change({ deleteCustomFields: ['FieldMembership00001'] });
    const read = await connect().read(record.externalId);
    expect(read.values).not.toHaveProperty('extras.membership');
    expect(read.values).toMatchObject({ 'extras.size': '42' });
    const { record: written } = await update(record.externalId, { 'extras.membership': 'Silver', familyName: 'King' });
    expect(written.values).toMatchObject({ familyName: 'King', 'extras.size': '42' });
    expect(written.values).not.toHaveProperty('extras.membership');
    expect(await connect().findMissingFields?.()).toEqual([
      expect.objectContaining({ setting: 'extras.membership.gohighlevel', field: 'contact.membership' }),
    ]);

    await sandbox.change({ customFields: [{ ...definitions[0], id: 'FieldMembership00002' }] });
    const { values } = await connect().read(record.externalId);
    expect(values['extras.membership']).toBeNull();
    expect(values.customFieldIds).toMatchObject({ 'extras.membership': 'FieldMembership00002' });
  });

  it('without the scope to list them, those that are named by id are read and written where they have a value', async () => {
    const { record } = await create({ 'extras.membership': 'Gold' });
    await sandbox.patchSettings({ scopes: ['contacts.readonly', 'contacts.write'] });
    const { values } = await connect().read(record.externalId);
    for (const field of Object.keys(customFields)) expect(values).not.toHaveProperty(field);
    await sandbox.change({
      contacts: [{ id: record.externalId, customFields: [{ id: 'FieldTopics000000001', field_value: ['Art'] }] }],
    });
    expect((await connect().read(record.externalId)).values).toMatchObject({ 'extras.topics': 'Art' });
  });
});
