import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordPatch } from '#domain/contact.ts';
import { InvalidRequestError } from '#providers/errors.ts';
import { square } from '#providers/square/index.ts';
import { parseBody } from '#providers/square/webhook-body.ts';
import { withCustomFields } from '#providers/with-custom-fields.ts';
import { squareSandbox } from '#sandbox/square/index.ts';
import { noChange, noTokens, person } from '#test/providers/provider-contract.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';

const typed = (name: string) => ({
  $ref: `https://developer-production-s.squarecdn.com/schemas/v1/common.json#squareup.common.${name}`,
});
const definitions = [
  { key: 'membership', name: 'Membership', schema: typed('String') },
  { key: 'shoe-size', name: 'Shoe size', schema: typed('Number') },
  {
    ...{ key: 'topics', name: 'Topics' },
    schema: { type: 'array', items: { names: ['Art', 'Tea'], enum: ['uuid-art', 'uuid-tea'] }, uniqueItems: true, maxItems: 2 },
  },
].map((definition) => ({ ...definition, description: definition.name, visibility: 'VISIBILITY_READ_WRITE_VALUES' }));
const customFields = {
  'extras.membership': 'membership',
  'extras.size': 'shoe-size',
  'extras.topics': 'topics',
  jobTitle: 'absent',
};
const account = { rate: { requestsPerSecond: 1_000, burst: 1_000 } };

let running: Awaited<ReturnType<typeof squareSandbox.start>>;
let sandbox: SandboxControl;
beforeAll(async () => {
  running = await squareSandbox.start({ settings: { indexLagMs: 0 } });
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.change({ custom_attribute_definitions: definitions });
});
afterAll(() => running.close());

function connect(fields: Record<string, string> = customFields) {
  const { token, merchantId } = running.settings.current;
  return withCustomFields(square, fields).connect({
    account: square.accountSchema.parse(account),
    secrets: square.secretsSchema.parse({
      SQUARE_BASE_URL: running.url,
      SQUARE_ACCESS_TOKEN: token,
      SQUARE_MERCHANT_ID: merchantId,
    }),
    ...{ tokens: noTokens, lists: [] },
  });
}

const referenceOf = (number: number) => `01980000-0000-7000-8000-00000000000${number}`;
const newOf = (number: number, set: RecordPatch['set']) => ({
  patch: { ...noChange, set: { ...person(number), ...set } },
  reference: referenceOf(number),
});
async function create(set: RecordPatch['set']) {
  const { patch, reference } = newOf(0, set);
  return connect().create(patch, { reference });
}
const update = (id: string, set: RecordPatch['set']) => connect().update(id, { ...noChange, set }, { version: null });

describe('custom attributes of Square', () => {
  const set = { 'extras.membership': 'Gold', 'extras.size': '42.5', 'extras.topics': 'tea, Art' };
  const held = { ...set, 'extras.topics': 'Tea, Art' };

  it('are written and read with their customer, in listings and by id', async () => {
    const { record, dropped } = await create(set);
    expect(dropped).toBeUndefined();
    expect(record.values).toMatchObject(held);
    const client = connect();
    const read = [await client.read(record.externalId), ...(await client.list({ cursor: null })).records];
    const [many] = (await client.readMany?.([record.externalId])) ?? [];
    for (const each of [...read, many]) expect(each).toEqual(record);
  });

  it('are changed and cleared beside the fields of a patch', async () => {
    const { record } = await create(set);
    const changed = await update(record.externalId, { familyName: 'King', 'extras.membership': 'Silver', 'extras.size': null });
    expect(changed.record.values).toMatchObject({ familyName: 'King', 'extras.membership': 'Silver', 'extras.size': null });
    const again = await update(record.externalId, { 'extras.size': null, 'extras.topics': null });
    expect(again.record.values).toMatchObject({ 'extras.membership': 'Silver', 'extras.size': null, 'extras.topics': null });
  });

  it.each([
    ['extras.size', 'large', 'Shoe size takes numbers only'],
    ['extras.topics', 'Golf', 'Topics has no such option; it has Art, Tea'],
  ])('refuse a text of another kind before anything is written: %s %s', async (field, text, because) => {
    const { record } = await create({});
    const refused = update(record.externalId, { familyName: 'King', [field]: text });
    await expect(refused).rejects.toThrow(InvalidRequestError);
    await expect(refused).rejects.toThrow(because);
    expect((await connect().read(record.externalId)).values.familyName).toBe('Lovelace');
  });

  it('are created in bulk, and a create that does not fit is not sent', async () => {
    const [first, second] = (await connect().createMany?.([newOf(1, set), newOf(2, { 'extras.size': 'large' })])) ?? [];
    expect(first).toMatchObject({ outcome: 'created', record: { values: held } });
    expect(second).toBeInstanceOf(InvalidRequestError);
    expect(await sandbox.records()).toHaveLength(1);
  });

  it('that are deleted are neither empty nor written, and a new one has another id', async () => {
    const { record } = await create(set);
    await sandbox.change({ delete_custom_attribute_definitions: ['membership'] });
    const { values } = await connect().read(record.externalId);
    expect(values).not.toHaveProperty('extras.membership');
    const { record: written } = await update(record.externalId, { 'extras.membership': 'Silver', familyName: 'King' });
    expect(written.values).toMatchObject({ familyName: 'King', 'extras.size': '42.5' });
    expect(written.values).not.toHaveProperty('extras.membership');
    expect(await connect().findMissingFields?.()).toMatchObject([
      { setting: 'extras.membership.square', field: 'membership', existing: expect.arrayContaining(['topics (Topics)']) },
      { setting: 'customFields.jobTitle.square', field: 'absent' },
    ]);

    running.clock.advance(1_000);
    await sandbox.change({ custom_attribute_definitions: definitions.slice(0, 1) });
    const again = await connect().read(record.externalId);
    expect(again.values['extras.membership']).toBeNull();
    expect(again.values.customFieldIds?.['extras.membership']).not.toBe(record.values.customFieldIds?.['extras.membership']);
  });

  it('cost no call where accord.yaml names none', async () => {
    const { record } = await create(set);
    const before = await sandbox.lastRequest();
    const { values } = await connect({}).read(record.externalId);
    expect(values).not.toHaveProperty('customFieldIds');
    expect(await sandbox.requestsSince(before)).toHaveLength(1);
  });

  it('name their customer in webhooks', () => {
    // Square docs: sample of customer.custom_attribute.visible.updated.
    const sample = {
      ...{ merchant_id: 'DM7VKY8Q63GNP', type: 'customer.custom_attribute.visible.updated', created_at: '2022-04-26T01:22:29Z' },
      event_id: '1cc2925c-f6e2-4fb6-a597-07c198de59e1',
      data: {
        type: 'custom_attribute',
        id: 'sq0idp-BushoY39o1X-GPxRRUWc0A:shirt-size:CUSTOMER:TNQC0TYTWMRSFFQ157KK4V7MVR',
        object: {},
      },
    };
    expect(parseBody(Buffer.from(JSON.stringify(sample)))).toMatchObject({
      type: 'customer.custom_attribute.visible.updated',
      customerId: 'TNQC0TYTWMRSFFQ157KK4V7MVR',
    });
  });
});
