import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAccount, type TestAccount } from './account.ts';

const ada = { first_name: 'Ada', last_name: 'Lovelace', mobile_phone_number: '+12025550143' };
let account: TestAccount;
beforeAll(async () => {
  account = await startAccount();
});
beforeEach(async () => {
  await account.reset();
  await account.people({ tags: ['Cold lead'], create: [ada] });
});
afterAll(() => account.close());

const count = async () => (await account.get('contacts/')).json.count;

// Matching by phone, blanks and the format of the answer: seen by an integrator, not documented. The rest is a setting of the account.
describe('a POST of a duplicate', () => {
  it('merges, and answers in another format, without an id', async () => {
    const answer = await account.post('contacts/', { home_phone_number: '(202) 555-0143', city: 'London', add_tags: [1] });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.json).toEqual({ duplicate_contacts: [1], duplicate_action: 'MERGE' });
    expect((await account.get('contacts/1/')).json).toMatchObject({ ...ada, city: 'London', tags: [1] });
    expect(await count()).toBe(1);
  });

  it('overwrites with blanks, and keeps omitted fields', async () => {
    await account.post('contacts/', { mobile_phone_number: '+12025550143', last_name: '' });
    expect((await account.get('contacts/1/')).json).toMatchObject({ first_name: 'Ada', last_name: '' });
  });

  it('checks the body first', async () => {
    expect((await account.post('contacts/', { ...ada, birthday: 'x' })).status).toBe(400);
  });

  it('names all matches and writes to the oldest', async () => {
    await account.post('contacts/', { mobile_phone_number: '+12025550144' });
    const both = { mobile_phone_number: '+12025550144', home_phone_number: '+12025550143', city: 'Paris' };
    expect((await account.post('contacts/', both)).json.duplicate_contacts).toEqual([1, 2]);
    expect((await account.get('contacts/1/')).json.city).toBe('Paris');
    expect((await account.get('contacts/2/')).json.city).toBe('');
  });

  it('creates a second contact in mode create', async () => {
    await account.settings({ duplicateMode: 'create' });
    expect(await account.post('contacts/', ada)).toMatchObject({ status: 201, json: { id: 2 } });
  });

  it('writes nothing in mode reject', async () => {
    await account.settings({ duplicateMode: 'reject', duplicateStatus: 202 });
    const answer = await account.post('contacts/', { ...ada, city: 'London' });
    expect(answer).toMatchObject({ status: 202, json: { duplicate_contacts: [1], duplicate_action: 'REJECT' } });
    expect((await account.get('contacts/1/')).json.city).toBe('');
  });

  it('is detected by email if the account matches by it, ignoring case', async () => {
    await account.patch('contacts/1/', { personal_email_address: 'ada@example.com' });
    const body = { personal_email_address: 'Ada@Example.com' };
    expect((await account.post('contacts/', body)).status).toBe(201);
    await account.api('DELETE', 'contacts/2/');
    await account.settings({ duplicateKeys: ['phone', 'email'] });
    expect((await account.post('contacts/', body)).json.duplicate_contacts).toEqual([1]);
  });

  it('is not detected by a replaced phone or after a delete', async () => {
    await account.patch('contacts/1/', { mobile_phone_number: '+12025550155' });
    expect(await account.post('contacts/', ada)).toMatchObject({ status: 201, json: { id: 2 } });
    await account.api('DELETE', 'contacts/2/');
    expect(await account.post('contacts/', ada)).toMatchObject({ status: 201, json: { id: 3 } });
  });
});
