import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { api, control, create, locationId } = ghl;
const tagsOf = async (id: string) => (await api('GET', `/contacts/${id}`)).json.contact.tags;

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

describe('tags of one contact', () => {
  it('integrators report: are trimmed, stored in lower case and unique', async () => {
    const id = await create({ tags: [' Cold Lead ', 'cold lead', 'VIP', ''] });
    expect(await tagsOf(id)).toEqual(['cold lead', 'vip']);
    await api('POST', `/contacts/${id}/tags`, { tags: ['COLD LEAD', 'New'] });
    expect(await tagsOf(id)).toEqual(['cold lead', 'vip', 'new']);
  });

  it('HighLevel docs: adding returns 201 with the new list', async () => {
    const id = await create({ tags: ['one'] });
    const answer = await api('POST', `/contacts/${id}/tags`, { tags: ['Two', 'one'] });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ tags: ['one', 'two'], tagsAdded: ['two'] });
  });

  it('HighLevel docs: removing is a DELETE with a JSON body, and returns 200', async () => {
    const id = await create({ tags: ['one', 'two'] });
    const answer = await api('DELETE', `/contacts/${id}/tags`, { tags: ['ONE', 'never there'] });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ tags: ['two'], tagsRemoved: ['one'] });
    expect(await tagsOf(id)).toEqual(['two']);
  });

  it('removing without a body, as after a proxy that drops it, is a 422', async () => {
    const answer = await api('DELETE', `/contacts/${await create({})}/tags`);
    expect(answer.json).toMatchObject({ statusCode: 422, message: ['tags must be an array'] });
  });
});

describe('POST /contacts/bulk/tags/update/{type}', () => {
  it('HighLevel docs: returns the change or the error of each contact', async () => {
    const [ada, gone] = [await create({ tags: ['one'] }), await create({})];
    await api('DELETE', `/contacts/${gone}`);
    await control('POST', '/records', [{ id: 'Foreign0000000000001', locationId: 'Another0Location0001' }]);
    const contacts = [ada, 'short', gone, 'Foreign0000000000001'];
    const answer = await api('POST', '/contacts/bulk/tags/update/add', { locationId, contacts, tags: ['Two'] });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      succeded: true,
      errorCount: 3,
      responses: [
        { contactId: ada, message: 'Tags updated', type: 'success', oldTags: ['one'], tagsAdded: ['two'], tagsRemoved: [] },
        { message: 'contact id is not a valid firebase id', type: 'error' },
        { message: 'contact is deleted', type: 'error' },
        { message: 'contact does not belong to location', type: 'error' },
      ],
    });
    expect(await tagsOf(ada)).toEqual(['one', 'two']);
  });

  it('HighLevel docs: removes the named tags, or all', async () => {
    const id = await create({ tags: ['one', 'two', 'three'] });
    const remove = (more: object) => api('POST', '/contacts/bulk/tags/update/remove', { locationId, contacts: [id], ...more });
    await remove({ tags: ['Two'] });
    expect(await tagsOf(id)).toEqual(['one', 'three']);
    await remove({ tags: [], removeAllTags: true });
    expect(await tagsOf(id)).toEqual([]);
  });

  it('refuses any other type', async () => {
    expect((await api('POST', '/contacts/bulk/tags/update/replace', { locationId, contacts: [], tags: [] })).status).toBe(422);
  });
});
