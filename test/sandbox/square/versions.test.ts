import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, create, person, read, set } = square;

beforeEach(() => square.reset());
afterAll(() => square.close());

/** Ada at version 1. */
async function changedOnce(): Promise<string> {
  const id = await create({ given_name: 'Ada' });
  await api('PUT', `/customers/${id}`, { note: 'one', version: 0 });
  return id;
}

describe('the version of a customer, Square docs (optimistic concurrency)', () => {
  it('increases by one if the current version is sent', async () => {
    const id = await changedOnce();
    const { status, json } = await api('PUT', `/customers/${id}`, { note: 'two', version: 1 });
    expect([status, json.customer.version]).toEqual([200, 2]);
  });

  it('is optional: without it the last write wins', async () => {
    const id = await changedOnce();
    expect((await api('PUT', `/customers/${id}`, { note: 'two' })).json.customer).toMatchObject({ note: 'two', version: 2 });
  });

  it.each([
    ['CONFLICT', 409],
    ['VERSION_MISMATCH', 400],
  ] as const)('refuses another one as %s: the code is not published', async (versionConflict, status) => {
    set({ versionConflict });
    const id = await changedOnce();
    for (const version of [0, 7]) {
      const answer = await api('PUT', `/customers/${id}`, { note: 'two', version });
      expect(answer.status).toBe(status);
      expect(answer.json.errors).toEqual([
        {
          category: 'INVALID_REQUEST_ERROR',
          code: versionConflict,
          detail: `Version mismatch: ${version} was sent, the current version is 1.`,
          field: 'version',
        },
      ]);
    }
    expect(await read(id)).toMatchObject({ note: 'one', version: 1 });
  });

  it('is checked by a delete, from the query', async () => {
    const id = await changedOnce();
    expect((await api('DELETE', `/customers/${id}?version=0`)).status).toBe(409);
    expect((await api('DELETE', `/customers/${id}?version=1`)).status).toBe(200);
  });

  it('is checked for each entry of a bulk update', async () => {
    const [stale, current] = [await changedOnce(), await changedOnce()];
    const customers = { [stale]: { note: 'two', version: 0 }, [current]: { note: 'two', version: 1 } };
    const { responses } = (await api('POST', '/customers/bulk-update', { customers })).json;
    expect(responses[stale].errors[0].code).toBe('CONFLICT');
    expect(responses[current].customer.version).toBe(2);
  });

  it('is an integer, not a text', async () => {
    const id = await changedOnce();
    for (const version of ['1', 1.5]) {
      expect((await api('PUT', `/customers/${id}`, { note: 'x', version })).json.errors[0]).toMatchObject({ field: 'version' });
    }
  });

  it('SDK 46.0.0: is sent as a number, which may exceed 32 bits', async () => {
    await person([{ id: 'OLD', given_name: 'Ada', version: 4_294_967_296 }]);
    expect((await api('PUT', '/customers/OLD', { note: 'x', version: 4_294_967_296 })).text).toContain('"version":4294967297');
  });

  it('increases when a seller edits, so that a write in flight conflicts', async () => {
    const id = await changedOnce();
    await person([{ id, note: 'by hand' }]);
    expect((await api('PUT', `/customers/${id}`, { note: 'two', version: 1 })).status).toBe(409);
  });

  it('Square docs (customer webhooks): does not change with segments', async () => {
    const id = await changedOnce();
    await person([{ id, segment_ids: ['MLSANDBOXMERCHANT.REACHABLE'] }]);
    expect(await read(id)).toMatchObject({ segment_ids: ['MLSANDBOXMERCHANT.REACHABLE'], version: 1 });
  });
});
