import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from './http.ts';
import { startNoteSandbox } from './note-vendor.ts';
import { startReceiver } from './receiver.ts';

const receiver = await startReceiver();
const sandbox = await startNoteSandbox({ webhookTargets: [receiver.url] });
const control = (method: string, path: string, body?: unknown) => call(method, `${sandbox.controlUrl}${path}`, body);
const texts = () => receiver.bodies().map((body) => JSON.parse(body).text);
const write = async (...words: string[]) => {
  for (const text of words) await call('PUT', `${sandbox.url}/notes/${text}`, text);
  await sandbox.webhooks.idle();
};

beforeEach(async () => {
  receiver.received.length = 0;
  await control('POST', '/reset');
});
afterEach(() => {
  receiver.status = 200;
});
afterAll(async () => {
  await sandbox.close();
  await receiver.close();
});

describe('webhooks of a sandbox', () => {
  it('arrive with the headers of the vendor', async () => {
    await write('one');
    expect(receiver.received).toEqual([
      { headers: expect.objectContaining({ 'x-vendor': 'notes' }), body: '{"id":"one","text":"one"}' },
    ]);
    expect((await control('GET', '/webhooks')).json).toMatchObject({
      targets: [receiver.url],
      pending: [],
      attempts: [{ event: 'Note', attempt: 1, status: 200, nextAttemptAt: null }],
    });
  });

  it('go to every target', async () => {
    await control('PUT', '/webhooks', { targets: [receiver.url, `${receiver.url}/second`] });
    await write('both');
    await control('PUT', '/webhooks', { targets: [] });
    await write('nowhere');
    expect(texts()).toEqual(['both', 'both']);
  });

  it('are lost the given number of times', async () => {
    await control('PUT', '/webhooks', { drop: 2 });
    await write('a', 'b', 'c');
    await control('PUT', '/webhooks', { drop: true });
    await write('d', 'e');
    expect(texts()).toEqual(['c']);
  });

  it('arrive twice with the same bytes', async () => {
    await control('PUT', '/webhooks', { duplicate: 1 });
    await write('a', 'b');
    expect(texts().sort()).toEqual(['a', 'a', 'b']);
  });

  it('wait for the clock of the sandbox when delayed', async () => {
    await control('PUT', '/webhooks', { delayMs: 3_600_000 });
    await write('late');
    expect(texts()).toEqual([]);
    expect((await control('GET', '/webhooks')).json.pending).toMatchObject([{ event: 'Note', attempts: 0 }]);
    await control('POST', '/clock', { advanceMs: 3_600_000 });
    await sandbox.webhooks.idle();
    expect(texts()).toEqual(['late']);
  });

  it('arrive in reverse order within a group', async () => {
    await control('PUT', '/webhooks', { reorder: 3 });
    await write('a', 'b', 'c', 'd');
    expect(texts()).toEqual(['c', 'b', 'a']);
    await control('PUT', '/webhooks', { reorder: 0 });
    await sandbox.webhooks.idle();
    expect(texts()).toEqual(['c', 'b', 'a', 'd']);
  });

  it('are retried on the schedule of the vendor until the target accepts them', async () => {
    receiver.status = 503;
    await write('again');
    expect((await control('GET', '/webhooks')).json).toMatchObject({ pending: [{ attempts: 1 }], attempts: [{ status: 503 }] });
    receiver.status = 200;
    await control('POST', '/clock', { advanceMs: 600_000 });
    await sandbox.webhooks.idle();
    expect(texts()).toEqual(['again', 'again']);
    expect(sandbox.webhooks.pending()).toEqual([]);
  });

  it('are given up when the schedule ends', async () => {
    await control('PATCH', '/settings', { retryAfterMs: null });
    receiver.status = 500;
    await write('lost');
    expect(sandbox.webhooks.pending()).toEqual([]);
    expect(sandbox.webhooks.attempts()).toMatchObject([{ status: 500, nextAttemptAt: null }]);
  });

  it('record the error when the target does not listen', async () => {
    await control('PUT', '/webhooks', { targets: ['http://127.0.0.1:1/'] });
    await write('a');
    expect(sandbox.webhooks.attempts()).toMatchObject([{ status: null, error: expect.stringContaining('ECONNREFUSED') }]);
  });
});
