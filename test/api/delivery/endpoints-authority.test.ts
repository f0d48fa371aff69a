import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operations } from '#api/docs/openapi.ts';
import { recordAttempts } from '#db/delivery/attempts.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { attemptOf, publish } from '#test/db/delivery/delivery-rows.ts';

const root = '/api/v1/webhooks';
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

async function ask(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const response = await api.request(method, root + path, body, headers);
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : null };
}

describe('a key', () => {
  const webhookOperations = operations.filter(({ path }) => path.startsWith(root));

  async function statusesWith(authorization: string) {
    const statuses: Record<string, number> = {};
    for (const { method, path } of webhookOperations) {
      const url = path.slice(root.length).replace('{id}', randomUUIDv7());
      statuses[`${method} ${path}`] = (await ask(method.toUpperCase(), url, undefined, { authorization })).status;
    }
    return statuses;
  }

  it('that can read webhooks cannot change them', async () => {
    const statuses = await statusesWith(`Bearer ${await api.keyFor('webhooks:read')}`);
    const refused = Object.entries(statuses).filter(([, status]) => status === 403);
    expect(refused.map(([operation]) => operation)).toEqual(
      webhookOperations.filter(({ method }) => method !== 'get').map(({ method, path }) => `${method} ${path}`),
    );
  });

  it('with other scopes is refused everywhere, and so is a missing key', async () => {
    const other = await statusesWith(`Bearer ${await api.keyFor('sync:read', 'sync:write')}`);
    expect(new Set(Object.values(other))).toEqual(new Set([403]));
    expect(new Set(Object.values(await statusesWith('')))).toEqual(new Set([401]));
  });
});

describe('the audit log', () => {
  it('has actor and action, and no secret', async () => {
    const authorization = `Bearer ${await api.keyFor('webhooks:write', 'webhooks:read')}`;
    const act = (method: string, path: string, body?: unknown) => ask(method, path, body, { authorization });
    const wanted = { url: 'https://your-app.com/hook', events: ['lead_update'], custom_headers: { 'X-Token': 'opensesame' } };
    const { id, secret } = (await act('POST', '', wanted)).body;
    await act('PATCH', `/${id}`, { custom_headers: { 'X-Token': 'opensesame2' } });
    await act('POST', `/${id}/disable`);
    await act('POST', `/${id}/enable`);
    await act('POST', `/${id}/test`);
    const rotated = (await act('POST', `/${id}/rotate-secret`)).body.secret;
    const newDelivery = async () => (await publish(api.db)).find(({ endpoint_id }) => endpoint_id === id)?.id as string;
    const die = (delivery: string) =>
      recordAttempts(api.db, [
        attemptOf({ id: delivery, endpoint_id: id }, { number: 6, next: { state: 'dead', reason: 'exhausted' } }),
      ]);
    const delivery = await newDelivery();
    await act('POST', `/deliveries/${delivery}/retry`);
    await act('POST', `/deliveries/${delivery}/cancel`);
    await act('POST', `/deliveries/${delivery}/replay`);
    const dead = await newDelivery();
    await die(dead);
    await act('POST', `/dead-letters/${dead}/redrive`);
    await die(dead);
    const filter = { endpoint_id: id };
    await act('POST', '/dead-letters/redrive', { filter, dry_run: true });
    const { redrive } = (await act('POST', '/dead-letters/redrive', { filter })).body;
    await act('POST', `/redrives/${redrive.id}/cancel`);
    await act('POST', `/dead-letters/${dead}/discard`, { note: 'a test lead' });
    await act('POST', '/dead-letters/discard', { filter, note: 'n' });
    await act('DELETE', `/${id}`);

    const rows = await api.db.selectFrom('audit_log').selectAll().where('actor', '<>', 'command-line').orderBy('id').execute();
    expect(rows.map(({ action }) => action)).toEqual([
      ...['webhook.create', 'webhook.update', 'webhook.disable', 'webhook.enable', 'webhook.test', 'webhook.rotate-secret'],
      ...['delivery.retry', 'delivery.cancel', 'delivery.replay', 'dead-letter.redrive', 'dead-letter.redrive'],
      ...['dead-letter.cancel-redrive', 'dead-letter.discard', 'dead-letter.discard', 'webhook.delete'],
    ]);
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['api-key:webhooks:write+webhooks:read']));
    const text = JSON.stringify(rows);
    for (const hidden of [secret, rotated, 'opensesame']) expect(text).not.toContain(hidden);
  });
});
