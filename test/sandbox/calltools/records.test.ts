import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount();
});
beforeEach(() => account.reset());
afterAll(() => account.close());

const seed = {
  tags: ['Hot'],
  buckets: ['Clients'],
  create: [{ first_name: 'Ada', add_tags: ['Hot'], add_buckets: ['Clients'] }],
};

describe('people on the dialer’s pages', () => {
  it('create rows by name, and get ids', async () => {
    expect(await account.people(seed)).toMatchObject({ tags: { Hot: 1 }, buckets: { Clients: 1 }, created: [1] });
    expect((await account.get('contacts/1/')).json).toMatchObject({ first_name: 'Ada', tags: [1], buckets: [1] });
    expect(await account.people(seed)).toMatchObject({ tags: { Hot: 1 }, buckets: { Clients: 1 }, created: [2] });
  });

  it('change a contact as an agent, with updated_on and modified_by', async () => {
    const before = (await account.post('contacts/', { first_name: 'Ada' })).json;
    await account.people({ tags: ['Hot'], update: [{ id: 1, last_name: 'Lovelace', do_not_contact: true, add_tags: ['Hot'] }] });
    const after = (await account.get('contacts/1/')).json;
    expect(after).toMatchObject({ last_name: 'Lovelace', do_not_contact: true, tags: [1], created_by: before.created_by });
    expect(after.updated_on > before.updated_on).toBe(true);
    expect(after.modified_by).not.toBe(before.modified_by);
  });

  it('change one contact several times and delete it in one request', async () => {
    await account.people(seed);
    await account.people({
      update: [
        { id: 1, city: 'Paris' },
        { id: 1, state: 'TX', remove_tags: ['Hot'] },
      ],
    });
    expect((await account.get('contacts/1/')).json).toMatchObject({ city: 'Paris', state: 'TX', tags: [] });
    expect(await account.people({ update: [{ id: 1, add_tags: ['Hot'] }], delete: [1] })).toMatchObject({ deleted: [1] });
    expect((await account.get('alltags/1/')).json.contact_count).toBe(0);
  });

  it.each([
    [{ create: [{ first_name: 'Ada' }, { birthday: 'x' }] }, /birthday/],
    [{ create: [{ add_tags: ['None'] }] }, /add_tags/],
    [{ create: [{}], update: [{ id: 9 }] }, /no contact 9/],
    [{ create: [{}], delete: [9] }, /no contact 9/],
    [{ contacts: [] }, /contacts/],
  ])('change nothing with %j', async (change, reason) => {
    const answer = await account.control('POST', 'records', change);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatch(reason);
    expect((await account.get('contacts/')).json.count).toBe(0);
  });

  it('list everything', async () => {
    await account.people(seed);
    expect((await account.control('GET', 'records')).json).toMatchObject({
      contacts: [{ id: 1, first_name: 'Ada' }],
      tags: { Hot: 1 },
      buckets: { Clients: 1 },
      subscriptions: [],
    });
  });
});

describe('a restart', () => {
  it('keeps contacts, ids, indexes and subscriptions', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'calltools-'));
    const first = await startAccount({ dataDirectory });
    await first.people({
      ...seed,
      create: [{ first_name: 'Ada', mobile_phone_number: '+12025550143', add_buckets: ['Clients'] }, {}],
    });
    await first.post('resthooksubscriptions/', { resthook_model: 'Contact', url: 'http://127.0.0.1:9/hook' });
    await first.api('DELETE', 'contacts/2/');
    const before = (await first.get('contacts/1/')).json;
    await first.close();

    const second = await startAccount({ dataDirectory });
    expect((await second.get('contacts/1/')).json).toEqual(before);
    expect((await second.get('contacts/?phone_number=%2B12025550143')).json.count).toBe(1);
    expect((await second.get('buckets/1/')).json.count).toBe(1);
    expect((await second.get('resthooksubscriptions/')).json.count).toBe(1);
    expect((await second.post('contacts/', { first_name: 'Grace' })).json.id).toBe(3);
    await second.close();
    await rm(dataDirectory, { recursive: true });
  });
});
