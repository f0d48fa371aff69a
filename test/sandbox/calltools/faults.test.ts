import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount();
});
beforeEach(() => account.reset());
afterAll(() => account.close());

const ada = { first_name: 'Ada', mobile_phone_number: '+12025550143' };
const fault = (body: object) => account.control('POST', 'faults', { times: 1, ...body });
const count = async () => (await account.get('contacts/')).json.count;

describe('a bad day of the dialer', () => {
  // Seen by an integrator, not documented: now and then an HTML page instead of JSON.
  it.each([500, 502, 503])('answers with %i and an HTML page', async (status) => {
    await fault({ path: '/api/contacts/', status, headers: { 'content-type': 'text/html' }, body: '<h1>Server Error</h1>' });
    expect(await account.post('contacts/', ada)).toMatchObject({ status, json: null, text: '<h1>Server Error</h1>' });
    expect(await account.post('contacts/', ada)).toMatchObject({ status: 201, json: { id: 1 } });
  });

  // Stock Django REST Framework; the dialer's limits are not documented.
  it.each([[{ 'retry-after': '60' }], [{}]])('throttles with the headers %j', async (headers) => {
    const body = { detail: 'Request was throttled. Expected available in 60 seconds.' };
    await fault({ path: '/api/**', status: 429, headers, body });
    const answer = await account.get('contacts/');
    expect(answer).toMatchObject({ status: 429, json: body });
    expect(answer.headers.get('retry-after')).toBe('retry-after' in headers ? '60' : null);
  });

  it('cuts the connection before the write lands', async () => {
    await fault({ method: 'POST', dropRequest: true });
    await expect(account.post('contacts/', ada)).rejects.toThrow();
    expect(await count()).toBe(0);
  });

  // Seen by an integrator: where the account merges, a create that is sent again finds the contact that the first one made.
  it('cuts the connection after the write has landed; the same POST again makes no second contact', async () => {
    await fault({ method: 'POST', dropResponse: true });
    await expect(account.post('contacts/', ada)).rejects.toThrow();
    expect((await account.post('contacts/', ada)).json).toEqual({ duplicate_contacts: [1], duplicate_action: 'MERGE' });
    expect(await count()).toBe(1);
  });

  it('keeps a log of every request', async () => {
    await account.post('contacts/', ada);
    await account.get('contacts');
    const { requests } = (await account.control('GET', 'requests')).json;
    expect(requests).toMatchObject([
      { method: 'POST', path: '/api/contacts/', status: 201 },
      { method: 'GET', path: '/api/contacts', status: 301 },
    ]);
  });
});
