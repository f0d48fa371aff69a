import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount();
});
beforeEach(() => account.reset());
afterAll(() => account.close());

const ada = {
  first_name: 'Ada',
  last_name: 'Lovelace',
  mobile_phone_number: '+12025550143',
  personal_email_address: 'ada@example.com',
};
const create = async (body: object) => (await account.post('contacts/', body)).json;

describe('a contact', () => {
  it('is created with 201 and an integer id, and can be read', async () => {
    const created = await account.post('contacts/', ada);
    expect(created).toMatchObject({ status: 201, json: { id: 1, ...ada, tags: [], buckets: [], do_not_contact: false } });
    expect(await account.get('contacts/1/')).toMatchObject({ status: 200, json: created.json });
  });

  // The format of ids and times: seen by integrators, not documented.
  it('has users as UUIDs and times with microseconds and Z', async () => {
    const contact = await create(ada);
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
    for (const name of ['uuid', 'created_by', 'modified_by']) expect(contact[name]).toMatch(uuid);
    for (const name of ['created_on', 'updated_on']) expect(contact[name]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  // Seen by an integrator, not documented: `phone_number` and `external_id` of a body are silently dropped.
  it('silently ignores unknown and read-only keys', async () => {
    const contact = await create({
      ...ada,
      phone_number: '+12025550199',
      external_id: 'x',
      id: 77,
      created_on: 'never',
      __proto__: 1,
    });
    expect(contact).not.toHaveProperty('phone_number');
    expect(contact).not.toHaveProperty('external_id');
    expect(contact.id).toBe(1);
    expect(contact._phone_numbers).toEqual([{ id: 1, contact: 1, phone_number: '+12025550143', do_not_contact: false }]);
  });

  it('has its phones in E.164, and keeps the original value in the field', async () => {
    const contact = await create({
      mobile_phone_number: '(202) 555-0143',
      home_phone_number: '202-555-0143',
      office_phone_number: '',
    });
    expect(contact).toMatchObject({
      mobile_phone_number: '(202) 555-0143',
      home_phone_number: '202-555-0143',
      office_phone_number: '',
    });
    expect(contact._phone_numbers).toMatchObject([{ phone_number: '+12025550143' }]);
  });

  it('is changed by PATCH only in the fields of the body, and its updated_on changes each time', async () => {
    const before = await create(ada);
    const after = (await account.patch('contacts/1/', { first_name: 'Augusta' })).json;
    expect(after).toEqual({ ...before, first_name: 'Augusta', updated_on: after.updated_on });
    const again = (await account.patch('contacts/1/', {})).json;
    expect([before.updated_on, after.updated_on, again.updated_on]).toEqual(
      [before.updated_on, after.updated_on, again.updated_on].sort(),
    );
    expect(again.updated_on).not.toBe(after.updated_on);
  });

  it('keeps the phone row and its do-not-contact of a number that stays', async () => {
    await create(ada);
    await account.patch('phonenumbers/1/', { do_not_contact: true });
    const contact = (await account.patch('contacts/1/', { home_phone_number: '+12025550144' })).json;
    expect(contact._phone_numbers).toMatchObject([
      { id: 1, do_not_contact: true },
      { id: 2, do_not_contact: false },
    ]);
    const moved = (await account.patch('contacts/1/', { mobile_phone_number: null })).json;
    expect(moved._phone_numbers).toMatchObject([{ id: 2, phone_number: '+12025550144' }]);
  });

  it('is replaced by PUT: omitted fields are cleared', async () => {
    await create(ada);
    const replaced = await account.api('PUT', 'contacts/1/', { first_name: 'Grace' });
    expect(replaced).toMatchObject({
      status: 200,
      json: { id: 1, first_name: 'Grace', last_name: '', mobile_phone_number: null, _phone_numbers: [] },
    });
  });

  it('is not found after DELETE, and its id is not reused', async () => {
    await create(ada);
    expect(await account.api('DELETE', 'contacts/1/')).toMatchObject({ status: 204, text: '' });
    expect((await account.get('contacts/1/')).status).toBe(404);
    expect((await create(ada)).id).toBe(2);
  });
});
