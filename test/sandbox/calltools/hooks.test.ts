import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startReceiver } from '#test/sandbox/core/receiver.ts';
import { startAccount, type TestAccount } from './account.ts';

let account: TestAccount;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  [account, receiver] = await Promise.all([startAccount(), startReceiver()]);
});
beforeEach(async () => {
  await account.reset();
  receiver.received.length = 0;
  receiver.status = 200;
});
afterAll(() => Promise.all([account.close(), receiver.close()]));

const subscribe = (model: string, url = receiver.url) => account.post('resthooksubscriptions/', { resthook_model: model, url });
async function received() {
  await account.sandbox.webhooks.idle();
  return receiver.bodies().map((body) => JSON.parse(body));
}

describe('REST hooks', () => {
  // developers.calltools.com/webhooks: creation events only, and the body is that of a GET of the object.
  it('send created objects, as a GET returns them', async () => {
    expect(await subscribe('Contact')).toMatchObject({
      status: 201,
      json: { id: 1, resthook_model: 'Contact', url: receiver.url },
    });
    await account.post('contacts/', { first_name: 'Ada' });
    expect(await received()).toEqual([(await account.get('contacts/1/')).json]);
    expect(receiver.received[0]?.headers['content-type']).toBe('application/json');
  });

  it('are not sent for changes, merges and deletes', async () => {
    await account.people({ create: [{ mobile_phone_number: '+12025550143' }] });
    await subscribe('Contact');
    await account.patch('contacts/1/', { first_name: 'Ada' });
    await account.post('contacts/', { mobile_phone_number: '+12025550143' });
    await account.api('DELETE', 'contacts/1/');
    expect(await received()).toEqual([]);
  });

  it('are sent for new tags, phones and dispositions of a contact, with its id', async () => {
    await account.people({ tags: ['Hot'], dispositions: [{ name: 'Sold' }], create: [{ first_name: 'Ada' }] });
    for (const model of ['ContactTag', 'PhoneNumber', 'EmailAddress', 'HistoricalContactDisposition']) await subscribe(model);
    await account.patch('contacts/1/', {
      add_tags: [1],
      mobile_phone_number: '+12025550143',
      personal_email_address: 'ada@example.com',
    });
    await account.patch('contacts/1/', { add_tags: [1], city: 'London' });
    await account.people({ update: [{ id: 1, disposition: 'Sold' }] });
    expect((await received()).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([
      { id: 1, contact: 1, disposition: 1 },
      { id: 1, contact: 1, email_address: 'ada@example.com' },
      { id: 1, contact: 1, phone_number: '+12025550143', do_not_contact: false },
      { id: 1, contact: 1, tag: 1 },
    ]);
  });

  it('end with their subscription', async () => {
    await subscribe('Contact');
    expect((await account.get('resthooksubscriptions/')).json).toMatchObject({ count: 1, results: [{ id: 1 }] });
    expect((await account.api('DELETE', 'resthooksubscriptions/1/')).status).toBe(204);
    await account.post('contacts/', {});
    expect(await received()).toEqual([]);
  });

  it.each([
    [{ url: 'https://example.com' }, { resthook_model: ['This field is required.'] }],
    [
      { resthook_model: 'Person', url: 'nowhere' },
      { resthook_model: ['"Person" is not a valid choice.'], url: ['Enter a valid URL.'] },
    ],
  ])('are refused with %j', async (body, errors) => {
    expect(await account.post('resthooksubscriptions/', body)).toMatchObject({ status: 400, json: errors });
  });

  // The list of failures: developers.calltools.com/webhooks. That failed deliveries are not retried is an assumption.
  it('are sent once, and failures are logged', async () => {
    receiver.status = 500;
    await subscribe('Contact');
    await account.post('contacts/', {});
    expect(await received()).toHaveLength(1);
    const log = (await account.get('resthookerrorlogs/')).json;
    expect(log).toMatchObject({ count: 1, results: [{ resthook_model: 'Contact', url: receiver.url, status: 500 }] });
  });

  it('can be lost and duplicated', async () => {
    await subscribe('Contact');
    await account.control('PUT', 'webhooks', { drop: 1 });
    await account.post('contacts/', { first_name: 'lost' });
    await account.control('PUT', 'webhooks', { duplicate: 1 });
    await account.post('contacts/', { first_name: 'twice' });
    expect((await received()).map(({ first_name }) => first_name)).toEqual(['twice', 'twice']);
  });
});
