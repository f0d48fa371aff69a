import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, create, events, person, read } = square;

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('groups, Square docs (Customer Groups API)', () => {
  it('are created, listed and read; their paths are not customer ids', async () => {
    expect((await api('GET', '/customers/groups')).json).toEqual({});
    const { group } = (await api('POST', '/customers/groups', { idempotency_key: 'one', group: { name: 'VIP' } })).json;
    expect(group).toMatchObject({ name: 'VIP', created_at: expect.any(String), updated_at: expect.any(String) });
    await api('POST', '/customers/groups', { idempotency_key: 'one', group: { name: 'VIP' } });
    expect((await api('GET', '/customers/groups')).json).toEqual({ groups: [group] });
    expect((await api('GET', `/customers/groups/${group.id}`)).json).toEqual({ group });
    expect((await api('GET', '/customers/groups/UNKNOWN')).status).toBe(404);
    expect((await api('POST', '/customers/groups', { group: {} })).json.errors[0].code).toBe('MISSING_REQUIRED_PARAMETER');
  });

  it('are joined and left without a body; the answer is {}, and the profile counts as updated', async () => {
    await person({ groups: [{ id: 'VIP', name: 'VIP' }] });
    const id = await create({ given_name: 'Ada' });
    expect((await api('PUT', `/customers/${id}/groups/VIP`)).text).toBe('{}');
    expect(await read(id)).toMatchObject({ group_ids: ['VIP'], version: 1 });
    expect((await api('DELETE', `/customers/${id}/groups/VIP`)).text).toBe('{}');
    expect(await read(id)).not.toHaveProperty('group_ids');
    expect((await events()).map(({ json }) => json.type).toSorted()).toEqual([
      'customer.created',
      'customer.updated',
      'customer.updated',
    ]);
    expect((await api('PUT', `/customers/${id}/groups/UNKNOWN`)).status).toBe(404);
    expect((await api('PUT', '/customers/UNKNOWN/groups/VIP')).status).toBe(404);
  });

  it.each([
    [{ any: ['VIP', 'NEW'] }, ['Ada', 'Bob']],
    [{ all: ['VIP', 'NEW'] }, ['Ada']],
    [{ none: ['NEW'] }, ['Bob', 'Cleo']],
    [{ none: ['UNKNOWN'] }, []],
  ])('are searched by %j; an unknown one makes the result empty', async (group_ids, found) => {
    await person({
      groups: ['VIP', 'NEW'].map((id) => ({ id, name: id })),
      customers: [
        { given_name: 'Ada', group_ids: ['VIP', 'NEW'] },
        { given_name: 'Bob', group_ids: ['VIP'] },
        { given_name: 'Cleo' },
      ],
    });
    const { customers = [] } = (await api('POST', '/customers/search', { query: { filter: { group_ids } } })).json;
    expect(customers.map(({ given_name }: { given_name: string }) => given_name)).toEqual(found);
  });
});
