import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount();
});
beforeEach(async () => {
  await account.reset();
  const dispositions = [{ name: 'Sold' }, { name: 'Never again', set_contact_dnc: true, set_phone_number_dnc: true }];
  await account.people({ dispositions, create: [{ mobile_phone_number: '+12025550143', home_phone_number: '+12025550144' }] });
});
afterAll(() => account.close());

// Seen by an integrator, not documented.
describe('do not contact', () => {
  it('is set for a contact as a whole', async () => {
    expect((await account.patch('contacts/1/', { do_not_contact: true })).json.do_not_contact).toBe(true);
  });

  it('is set for one number, by the id of its row', async () => {
    expect((await account.get('phonenumbers/')).json).toMatchObject({ count: 2, results: [{ id: 1, contact: 1 }, { id: 2 }] });
    const answer = await account.patch('phonenumbers/2/', { do_not_contact: true });
    expect(answer).toMatchObject({
      status: 200,
      json: { id: 2, contact: 1, phone_number: '+12025550144', do_not_contact: true },
    });
    expect((await account.get('contacts/1/')).json).toMatchObject({
      do_not_contact: false,
      _phone_numbers: [{ do_not_contact: false }, { do_not_contact: true }],
    });
    expect(await account.patch('phonenumbers/2/', { do_not_contact: 'x' })).toMatchObject({ status: 400 });
    expect((await account.get('phonenumbers/9/')).status).toBe(404);
  });

  it('is set by some dispositions', async () => {
    await account.people({ update: [{ id: 1, disposition: 'Sold' }] });
    expect((await account.get('contacts/1/')).json).toMatchObject({ disposition: 1, do_not_contact: false });
    await account.people({ update: [{ id: 1, disposition: 'Never again' }] });
    const contact = (await account.get('contacts/1/')).json;
    expect(contact).toMatchObject({ disposition: 2, do_not_contact: true });
    expect(contact._phone_numbers).toMatchObject([{ do_not_contact: true }, { do_not_contact: true }]);
  });

  it('is listed with each disposition that sets it', async () => {
    const disposition = { id: 2, name: 'Never again', set_contact_dnc: true, set_phone_number_dnc: true };
    expect((await account.get('calldispositions/')).json).toMatchObject({
      count: 2,
      results: [{ id: 1, name: 'Sold' }, disposition],
    });
    expect((await account.get('calldispositions/2/')).json).toEqual(disposition);
    expect((await account.api('POST', 'calldispositions/', {})).status).toBe(405);
  });
});
