import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { squareSandbox } from '#sandbox/square/index.ts';
import { call } from '#test/sandbox/core/http.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'sandbox-square-'));
afterAll(() => rmSync(dataDirectory, { recursive: true }));

it('keeps customers, merges, idempotency keys, groups and events over a restart', async () => {
  const before = await squareSandbox.start({ dataDirectory });
  const headers = { authorization: `Bearer ${before.settings.current.token}` };
  const v2 = (url: string, method: string, path: string, body?: unknown) => call(method, `${url}/v2${path}`, body, headers);
  await v2(before.url, 'PUT', '/events/enable');
  const created = await v2(before.url, 'POST', '/customers', { given_name: 'Bob', idempotency_key: 'key' });
  const customers = ['OLD-A', 'OLD-B'].map((id) => ({ id, given_name: 'Ada' }));
  await call('POST', `${before.controlUrl}/records`, { groups: [{ name: 'VIP' }], customers });
  await call('POST', `${before.controlUrl}/records`, {
    merge: { from_customer_ids: ['OLD-A', 'OLD-B'], to_customer_id: 'NEW-C' },
  });
  await before.close();

  const after = await squareSandbox.start({ dataDirectory });
  const again = await v2(after.url, 'POST', '/customers', { given_name: 'Bob', idempotency_key: 'key' });
  expect(again.json).toEqual(created.json);
  expect((await v2(after.url, 'GET', '/customers/OLD-A')).json.customer.id).toBe('NEW-C');
  const listed = await v2(after.url, 'GET', '/customers');
  expect(listed.json.customers.map(({ id }: { id: string }) => id)).toEqual(['NEW-C', created.json.customer.id]);
  expect((await v2(after.url, 'GET', '/customers/groups')).json.groups).toMatchObject([{ name: 'VIP' }]);
  expect((await v2(after.url, 'POST', '/events')).json.events).toHaveLength(6);
  await after.close();
});
