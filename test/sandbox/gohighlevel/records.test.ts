import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { api, control, events, locationId } = ghl;

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

describe('the records of the sandbox, edited as in HighLevel’s pages', () => {
  it('are created in bulk, without webhooks if requested', async () => {
    const contacts = Array.from({ length: 500 }, (_, index) => ({ name: `Person ${index}`, email: `p${index}@example.com` }));
    const answer = await control('POST', '/records', { contacts, webhooks: false });
    expect(answer.json.contacts).toHaveLength(500);
    expect((await api('GET', `/contacts/${answer.json.contacts[7]}`)).json.contact).toMatchObject({ email: 'p7@example.com' });
    expect(await events()).toEqual([]);
  });

  it('are changed by id, with the webhooks of HighLevel', async () => {
    await control('POST', '/records', {
      contacts: [{ id: 'Ada00000000000000001', firstName: 'Ada', tags: ['one'] }],
      webhooks: false,
    });
    await control('POST', '/records', [{ id: 'Ada00000000000000001', city: 'London', addTags: ['Two'], removeTags: ['ONE'] }]);
    const { contacts, total } = (await control('GET', '/records')).json;
    expect(total).toBe(1);
    expect(contacts[0]).toMatchObject({ firstName: 'Ada', city: 'London', tags: ['two'], locationId });
    expect((await events()).map(({ json }) => json.type).toSorted()).toEqual(['ContactTagUpdate', 'ContactUpdate']);
  });

  it('are deleted by id', async () => {
    await control('POST', '/records', [{ id: 'Ada00000000000000001' }]);
    await control('POST', '/records', { delete: ['Ada00000000000000001', 'unknown'] });
    expect((await control('GET', '/records')).json.total).toBe(0);
  });

  it('are listed by id, email or tag, and in pages', async () => {
    await control('POST', '/records', [
      { id: 'Ada00000000000000001', email: 'ada@example.com', tags: ['vip'] },
      { id: 'Bob00000000000000001', email: 'bob@example.com' },
    ]);
    const ids = async (query: string) =>
      (await control('GET', `/records?${query}`)).json.contacts.map(({ id }: { id: string }) => id);
    expect(await ids('email=ADA@example.com')).toEqual(['Ada00000000000000001']);
    expect(await ids('tag=VIP')).toEqual(['Ada00000000000000001']);
    expect(await ids('id=Bob00000000000000001')).toEqual(['Bob00000000000000001']);
    expect(await ids('offset=1&limit=1')).toEqual(['Bob00000000000000001']);
  });

  it('refuse an invalid change as a whole', async () => {
    ghl.set({ unparsablePhone: 'reject' });
    expect((await control('POST', '/records', [{ firstNam: 'Ada' }])).status).toBe(400);
    expect((await control('POST', '/records', [{ firstName: 'Ada' }, { phone: '000' }])).status).toBe(422);
    expect((await control('GET', '/records')).json.total).toBe(0);
  });
});

describe('faults of HighLevel', () => {
  it('integrators report (api-docs issue 64): a create that returns 422 may take effect', async () => {
    await control('POST', '/faults', {
      method: 'POST',
      path: '/contacts/',
      status: 422,
      afterWrite: true,
      body: { statusCode: 422, message: ['x'] },
    });
    expect((await api('POST', '/contacts/', { locationId, email: 'ada@example.com' })).status).toBe(422);
    expect((await control('GET', '/records')).json.total).toBe(1);
  });

  it('a create takes effect and its answer is dropped', async () => {
    await control('POST', '/faults', { path: '/contacts/**', method: 'POST', dropResponse: true, times: 1 });
    await expect(api('POST', '/contacts/upsert', { locationId, email: 'ada@example.com' })).rejects.toThrow();
    expect((await api('POST', '/contacts/upsert', { locationId, email: 'ada@example.com' })).json.new).toBe(false);
  });
});
