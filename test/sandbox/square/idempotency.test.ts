import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, sandbox, set } = square;
const ada = { given_name: 'Ada', reference_id: 'one', idempotency_key: 'key' };
const post = (body: object) => api('POST', '/customers', body);
const total = async () => (await api('GET', '/customers?count=true')).json.count;

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('the idempotency key of a create', () => {
  it('Square docs (idempotency): the same data returns the first answer again, regardless of later changes', async () => {
    const first = await post(ada);
    await api('PUT', `/customers/${first.json.customer.id}`, { note: 'changed' });
    const again = await post(ada);
    expect([again.status, again.json]).toEqual([200, first.json]);
    expect(await total()).toBe(1);
  });

  it('ignores the order of the fields, and treats null as absent', async () => {
    await post(ada);
    expect((await post({ idempotency_key: 'key', reference_id: 'one', given_name: 'Ada' })).status).toBe(200);
    expect(await total()).toBe(1);
  });

  it('Square docs (idempotency), public repositories: refuses other data', async () => {
    await post(ada);
    const answer = await post({ ...ada, given_name: 'Bob' });
    expect(answer.status).toBe(400);
    expect(answer.json.errors).toEqual([
      {
        category: 'INVALID_REQUEST_ERROR',
        code: 'IDEMPOTENCY_KEY_REUSED',
        detail: 'The idempotency key can only be retried with the same request data.',
        field: 'idempotency_key',
      },
    ]);
  });

  it('Square forum 8276: cannot be used again after its customer was deleted', async () => {
    const { customer } = (await post(ada)).json;
    await api('DELETE', `/customers/${customer.id}`);
    expect((await post(ada)).json.errors[0].code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('can be used again after its customer was merged: the first answer stays, with the old id', async () => {
    const first = (await post(ada)).json;
    const other = (await post({ given_name: 'Ada' })).json;
    await square.person({ merge: { from_customer_ids: [first.customer.id, other.customer.id] } });
    expect((await post(ada)).json).toEqual(first);
  });

  it('is free after a refusal', async () => {
    expect((await post({ ...ada, birthday: 'soon' })).status).toBe(400);
    expect((await post(ada)).status).toBe(200);
  });

  it('makes a create whose answer was lost safe to retry', async () => {
    await square.control('POST', '/faults', { method: 'POST', dropResponse: true, times: 1 });
    await expect(post(ada)).rejects.toThrow();
    expect((await post(ada)).status).toBe(200);
    expect(await total()).toBe(1);
  });

  it('if absent, lets the same data create two customers', async () => {
    const { idempotency_key: _, ...fields } = ada;
    await post(fields);
    await post(fields);
    expect(await total()).toBe(2);
  });

  it('may expire: its lifetime is not published (forum 28303)', async () => {
    set({ idempotencyKeyLifeMs: 60_000 });
    await post(ada);
    sandbox.clock.advance(60_000);
    await post(ada);
    expect(await total()).toBe(2);
  });
});
