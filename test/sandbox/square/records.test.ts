import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, control, events, person, read } = square;

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('the records of the sandbox, edited as in the Square Dashboard', () => {
  it('are created in bulk, without webhooks if requested; Square docs: their source is DIRECTORY', async () => {
    const customers = Array.from({ length: 500 }, (_, index) => ({ given_name: `Person ${index}` }));
    const answer = await person({ customers, webhooks: false });
    expect(answer.customers).toHaveLength(500);
    expect(await read(answer.customers[7])).toMatchObject({ given_name: 'Person 7', creation_source: 'DIRECTORY' });
    expect(await events()).toEqual([]);
  });

  it('are changed by id: null clears a field, groups are replaced', async () => {
    await person({ customers: [{ id: 'ADA', given_name: 'Ada', note: 'x', group_ids: ['VIP'] }], webhooks: false });
    await person([{ id: 'ADA', note: null, nickname: 'Countess', group_ids: [], preferences: { email_unsubscribed: true } }]);
    const customer = await read('ADA');
    expect(customer).toMatchObject({ nickname: 'Countess', version: 1, preferences: { email_unsubscribed: true } });
    for (const name of ['note', 'group_ids']) expect(customer).not.toHaveProperty(name);
    expect((await events()).map(({ json }) => json.type)).toEqual(['customer.updated']);
  });

  it('change segments together with other fields, and remove them', async () => {
    await person([{ id: 'ADA', given_name: 'Ada', segment_ids: ['ONE'] }]);
    await person([{ id: 'ADA', note: 'x', segment_ids: ['TWO'] }]);
    expect(await read('ADA')).toMatchObject({ note: 'x', version: 1, segment_ids: ['TWO'] });
    await person([{ id: 'ADA', segment_ids: [] }]);
    expect(await read('ADA')).not.toHaveProperty('segment_ids');
  });

  it('are listed by id or email, and in pages', async () => {
    await person({
      groups: [{ id: 'VIP', name: 'Very important' }],
      customers: [
        { id: 'ADA', email_address: 'ada@example.com' },
        { id: 'BOB', email_address: 'bob@example.com' },
      ],
    });
    const ids = async (query: string) =>
      (await control('GET', `/records?${query}`)).json.customers.map(({ id }: { id: string }) => id);
    expect(await ids('email=ADA@example.com')).toEqual(['ADA']);
    expect(await ids('id=BOB')).toEqual(['BOB']);
    expect(await ids('offset=1&limit=1')).toEqual(['BOB']);
    expect((await control('GET', '/records')).json).toMatchObject({ total: 2, groups: [{ id: 'VIP', name: 'Very important' }] });
  });

  it('refuse an invalid change as a whole', async () => {
    expect((await control('POST', '/records', [{ givenName: 'Ada' }])).status).toBe(400);
    const birthday = await control('POST', '/records', [{ given_name: 'Ada' }, { birthday: '12-42' }]);
    expect([birthday.status, birthday.json.error]).toEqual([400, expect.stringContaining('Expected birthday to be a date')]);
    expect((await api('GET', '/customers')).json).toEqual({});
  });
});
