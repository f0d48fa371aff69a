import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultToken } from '#sandbox/calltools/index.ts';
import { startAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount({ settings: { duplicateMode: 'create' } });
});
beforeEach(async () => {
  await account.reset();
  await account.people({
    tags: ['Cold lead', 'Active client'],
    buckets: ['Cold Leads', 'Clients'],
    create: [{ first_name: 'Ada' }, {}],
  });
});
afterAll(() => account.close());

const contact = async (id = 1) => (await account.get(`contacts/${id}/`)).json;
const names = (answer: { json: { results: { name: string }[] } }) => answer.json.results.map(({ name }) => name);

// Everything was seen by integrators and is not documented, unless a comment says otherwise.
describe('tags', () => {
  it('are created by name, found by name and counted', async () => {
    expect(await account.post('alltags/', { name: 'VIP' })).toMatchObject({
      status: 201,
      json: { id: 3, name: 'VIP', contact_count: 0 },
    });
    await account.patch('contacts/1/', { add_tags: [3] });
    expect((await account.get('alltags/?name=VIP')).json).toMatchObject({ count: 1, results: [{ id: 3, contact_count: 1 }] });
    expect(names(await account.get('alltags/?ordering=-name'))).toEqual(['VIP', 'Cold lead', 'Active client']);
  });

  it.each([
    [{}, ['This field is required.']],
    [{ name: ' ' }, ['This field may not be blank.']],
    [{ name: null }, ['This field may not be null.']],
    [{ name: false }, ['Not a valid string.']],
  ])('require a name: %j is refused (stock Django REST Framework)', async (body, errors) => {
    expect(await account.post('alltags/', body)).toMatchObject({ status: 400, json: { name: errors } });
  });

  it('are added to and removed from a contact one by one, without effect on its other tags', async () => {
    expect((await account.patch('contacts/1/', { add_tags: [2] })).json.tags).toEqual([2]);
    expect((await account.patch('contacts/1/', { add_tags: [1, 2] })).json.tags).toEqual([2, 1]);
    expect((await account.patch('contacts/1/', { remove_tags: [2] })).json.tags).toEqual([1]);
    expect((await account.patch('contacts/1/', { tags: [2] })).json.tags).toEqual([2]);
  });

  it('ignore contacts to add, and succeed', async () => {
    const answer = await account.patch('alltags/1/', { add_contacts: [1], name: 'Renamed' });
    expect(answer).toMatchObject({ status: 200, json: { id: 1, name: 'Cold lead', contact_count: 0 } });
    expect((await contact()).tags).toEqual([]);
  });

  // Stock Django REST Framework: an unknown id is reported in a flat list, a wrong type by its index.
  it.each([
    [{ add_tags: [1, 999] }, { add_tags: ['Invalid pk "999" - object does not exist.'] }],
    [{ add_tags: [1, 'x'] }, { add_tags: { 1: ['A valid integer is required.'] } }],
    [{ remove_buckets: 1 }, { remove_buckets: ['Expected a list of items but got type "int".'] }],
  ])('and buckets are set by id: %j is refused', async (body, errors) => {
    expect(await account.patch('contacts/1/', body)).toMatchObject({ status: 400, json: errors });
    expect((await contact()).tags).toEqual([]);
  });
});

describe('buckets', () => {
  it('are listed and read with the number of their contacts', async () => {
    await account.patch('contacts/1/', { add_buckets: [1] });
    expect(names(await account.get('buckets/'))).toEqual(['Cold Leads', 'Clients']);
    expect((await account.get('buckets/?name=Clients')).json).toMatchObject({ count: 1, results: [{ id: 2, count: 0 }] });
    expect((await account.get('buckets/1/')).json).toMatchObject({ id: 1, name: 'Cold Leads', count: 1, warning_message: '' });
  });

  // It is unknown whether a token can create buckets.
  it('are created by people: a token cannot, unless the settings allow it', async () => {
    expect((await account.post('buckets/', { name: 'New' })).status).toBe(403);
    await account.settings({ bucketCreateAllowed: true });
    expect(await account.post('buckets/', { name: 'New' })).toMatchObject({
      status: 201,
      json: { id: 3, name: 'New', description: '' },
    });
    await account.settings({ bucketCreateAllowed: false, tokens: { [defaultToken]: ['buckets.read', 'buckets.create'] } });
    expect((await account.post('buckets/', { name: 'Newer' })).status).toBe(201);
  });

  it('gain and lose contacts through the contact, with a membership row', async () => {
    expect((await account.patch('contacts/1/', { add_buckets: [1, 2] })).json.buckets).toEqual([1, 2]);
    expect((await account.patch('contacts/1/', { remove_buckets: [1] })).json.buckets).toEqual([2]);
    expect((await account.get('contactbuckets/?contact_id=1')).json.results).toEqual([{ id: 2, contact: 1, bucket: 2 }]);
  });

  it('gain and lose contacts through the bucket, without a change of the contact’s updated_on', async () => {
    const { updated_on } = await contact();
    expect((await account.patch('buckets/1/', { add_contacts: [1, 2] })).json).toMatchObject({ count: 2 });
    expect((await account.patch('buckets/1/', { remove_contacts: [2] })).json).toMatchObject({ count: 1 });
    expect(await contact()).toMatchObject({ buckets: [1], updated_on });
    const unknown = await account.patch('buckets/1/', { add_contacts: [999] });
    expect(unknown).toMatchObject({ status: 400, json: { add_contacts: ['Invalid pk "999" - object does not exist.'] } });
  });

  it('are replaced by another one on request', async () => {
    await account.patch('contacts/1/', { add_buckets: [1] });
    const moved = await account.patch('contacts/1/', { add_buckets: [2], remove_from_other_buckets_on_add: true });
    expect(moved.json.buckets).toEqual([2]);
    const stayed = await account.patch('contacts/1/', { remove_from_other_buckets_on_add: true });
    expect(stayed.json.buckets).toEqual([2]);
  });

  it('list their members by contact, by bucket or by both', async () => {
    await account.patch('buckets/1/', { add_contacts: [1, 2] });
    await account.patch('buckets/2/', { add_contacts: [2] });
    const members = async (query: string) => (await account.get(`contactbuckets/?${query}`)).json.results;
    expect(await members('bucket_id=1')).toEqual([
      { id: 1, contact: 1, bucket: 1 },
      { id: 2, contact: 2, bucket: 1 },
    ]);
    expect(await members('contact_id=2&bucket_id=2')).toEqual([{ id: 3, contact: 2, bucket: 2 }]);
    expect(await members('contact_id=999')).toEqual([]);
  });
});
