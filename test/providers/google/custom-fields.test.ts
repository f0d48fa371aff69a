import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordPatch } from '#domain/contact.ts';
import { ExpiredCursorError } from '#providers/errors.ts';
import { google } from '#providers/google/index.ts';
import { withCustomFields } from '#providers/with-custom-fields.ts';
import { noChange, person } from '#test/providers/provider-contract.ts';
import { account, environment, startBench, tokens } from './setup.ts';

const customFields = { 'extras.membership': 'Membership', jobTitle: 'Role' };

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

function connect(fields: Record<string, string> = customFields) {
  const provider = withCustomFields(google, fields);
  return provider.connect({
    account: google.accountSchema.parse({ ...account, pageSize: 50 }),
    secrets: google.secretsSchema.parse(environment(bench.running.url)),
    ...{ tokens, lists: [] },
  });
}

const update = (id: string, set: RecordPatch['set']) => connect().update(id, { ...noChange, set }, { version: null });
const labelsOf = async (id: string) => (await bench.person(id)).userDefined?.map(({ key, value }) => ({ key, value })) ?? [];

describe('custom fields of Google Contacts', () => {
  it('are created, changed and cleared by their label, and those of other labels stay', async () => {
    const set = { ...person(0), 'extras.membership': 'Gold', 'extras.other': 'never' };
    const { record } = await connect({ 'extras.membership': 'Membership' }).create({ ...noChange, set }, { reference: 'ref-1' });
    const { externalId } = record;
    expect(record.values).toMatchObject({ 'extras.membership': 'Gold', customFieldIds: { 'extras.membership': 'Membership' } });
    expect(await labelsOf(externalId)).toEqual([{ key: 'Membership', value: 'Gold' }]);

    const theirs = { key: 'Shoe size', value: '42' };
    await bench.sandbox.change({
      people: [{ resourceName: externalId, userDefined: [theirs, { key: 'Membership', value: 'Silver' }] }],
    });
    expect((await connect().read(externalId)).values).toMatchObject({ 'extras.membership': 'Silver' });
    await update(externalId, { 'extras.membership': 'Bronze' });
    expect(await labelsOf(externalId)).toEqual([theirs, { key: 'Membership', value: 'Bronze' }]);
    const { record: cleared } = await update(externalId, { 'extras.membership': null });
    expect(cleared.values['extras.membership']).toBeNull();
    expect(await labelsOf(externalId)).toEqual([theirs]);
  });

  it('are not asked for where accord.yaml names none, and listed again once it does', async () => {
    const id = (await bench.people({ userDefined: [{ key: 'Membership', value: 'Gold' }] }))[0] ?? '';
    const before = await connect({}).changes?.({ since: null, cursor: null });
    expect(before?.records[0]?.values).not.toHaveProperty('extras.membership');
    const since = before?.since ?? '';
    await expect(connect().changes?.({ since, cursor: null })).rejects.toThrow(ExpiredCursorError);
    const after = await connect().changes?.({ since: null, cursor: null });
    expect(after?.records.find(({ externalId }) => externalId === id)?.values).toMatchObject({ 'extras.membership': 'Gold' });
  });
});
