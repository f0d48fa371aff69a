import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, create, person, read, set } = square;
const bulk = (what: string, body: object) => api('POST', `/customers/bulk-${what}`, body);
const notFound = { errors: [expect.objectContaining({ code: 'NOT_FOUND' })] };

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('bulk calls, Square docs (bulk endpoints)', () => {
  it('create: answers by idempotency key, with errors and successes in one 200', async () => {
    const customers = { one: { given_name: 'Ada' }, two: { phone_number: 'none' }, three: {} };
    const { status, json } = await bulk('create', { customers });
    expect(status).toBe(200);
    expect(json.responses).toMatchObject({
      one: { customer: { given_name: 'Ada', version: 0 } },
      two: { errors: [{ code: 'INVALID_PHONE_NUMBER' }] },
      three: { errors: [{ code: 'BAD_REQUEST' }] },
    });
    const again = await bulk('create', { customers: { one: { given_name: 'Ada' } } });
    expect(again.json.responses.one.customer.id).toBe(json.responses.one.customer.id);
  });

  it('update: answers by customer id', async () => {
    const id = await create({ given_name: 'Ada', note: 'x' });
    const { json } = await bulk('update', { customers: { [id]: { note: null }, UNKNOWN: { note: 'x' }, [`${id}x`]: {} } });
    expect(json.responses[id].customer).toMatchObject({ given_name: 'Ada', version: 1 });
    expect(json.responses.UNKNOWN).toEqual(notFound);
    expect(await read(id)).not.toHaveProperty('note');
  });

  it('update: an empty entry is refused like an empty update', async () => {
    const id = await create({ given_name: 'Ada' });
    expect((await bulk('update', { customers: { [id]: {} } })).json.responses[id].errors[0].code).toBe('BAD_REQUEST');
  });

  it('retrieve and delete: answer by customer id; a missing customer is an error of its entry', async () => {
    const id = await create({ given_name: 'Ada' });
    const ids = { customer_ids: [id, 'UNKNOWN'] };
    expect((await bulk('retrieve', ids)).json.responses).toEqual({ [id]: { customer: await read(id) }, UNKNOWN: notFound });
    expect((await bulk('delete', ids)).json.responses).toEqual({ [id]: {}, UNKNOWN: notFound });
    expect((await bulk('retrieve', ids)).json.responses[id]).toEqual(notFound);
  });

  it('answer in no guaranteed order', async () => {
    const ids = [await create({ given_name: 'Ada' }), await create({ given_name: 'Bob' })];
    expect(Object.keys((await bulk('retrieve', { customer_ids: ids })).json.responses)).toEqual(ids.toReversed());
  });

  it.each([
    ['create', 'TOO_MANY_MAP_ENTRIES'],
    ['update', 'TOO_MANY_MAP_ENTRIES'],
    ['retrieve', 'ARRAY_LENGTH_TOO_LONG'],
    ['delete', 'ARRAY_LENGTH_TOO_LONG'],
  ])('%s accepts 1 to 100 entries, or changes nothing', async (what, code) => {
    const bodyOf = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `key-${index}`);
      return { customers: Object.fromEntries(names.map((name) => [name, { given_name: name }])), customer_ids: names };
    };
    expect((await bulk(what, bodyOf(101))).json.errors[0].code).toBe(code);
    expect((await bulk(what, bodyOf(0))).status).toBe(400);
    expect((await api('GET', '/customers')).json).toEqual({});
    expect(Object.keys((await bulk(what, bodyOf(100))).json.responses)).toHaveLength(100);
  });

  it('retrieve may follow a merge as a single retrieve does: it is unknown', async () => {
    const [a, b] = [await create({ given_name: 'Ada' }), await create({ given_name: 'Ada' })];
    const { merged } = await person({ merge: { from_customer_ids: [a, b] } });
    expect((await bulk('retrieve', { customer_ids: [a] })).json.responses[a].customer.id).toBe(merged);
    set({ bulkFollowsMerges: false });
    expect((await bulk('retrieve', { customer_ids: [a] })).json.responses[a]).toEqual(notFound);
  });

  it('update accepts only the new id after a merge', async () => {
    const [a, b] = [await create({ given_name: 'Ada' }), await create({ given_name: 'Ada' })];
    await person({ merge: { from_customer_ids: [a, b] } });
    expect((await bulk('update', { customers: { [a]: { note: 'x' } } })).json.responses[a]).toEqual(notFound);
  });
});
