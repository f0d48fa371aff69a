import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { newContact } from '#test/db/test-database.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** The data of an answer that is as docs/openapi.yaml describes it. */
async function read<Data>(path: string): Promise<Data> {
  const response = await api.get(path);
  expect(await faultsOf('get', path.replace(/\?.*/, ''), response)).toEqual([]);
  return ((await response.json()) as { data: Data }).data;
}

async function failAt(provider: string, message: string, { externalId = message } = {}): Promise<string> {
  const { contactId, linkId } = await newContact(api.db, { externalId });
  const error = { type: 'InvalidRequestError', operation: 'update', message, status: 400, traceId: null };
  const lastError = JSON.stringify({ ...error, permanent: true, at: '2026-11-29T12:00:00.000Z' });
  await api.db.updateTable('link').set({ provider, last_error: lastError }).where('id', '=', linkId).execute();
  return contactId;
}

describe('what needs a person', () => {
  it('groups failures by account and kind of error, with the most frequent message', async () => {
    const first = await failAt('square', 'Square rejects the phone number.', { externalId: 's1' });
    const second = await failAt('square', 'Square rejects the phone number.', { externalId: 's2' });
    await failAt('google', 'Google rejects the email address.', { externalId: 'g1' });
    const { counts, failures } = await read<{ counts: object; failures: { contactId: string }[] }>('/api/v1/needs-you');
    expect(counts).toEqual({ candidates: 0, conflicts: 0, submissions: 0, deletes: 0, failures: 3 });
    expect(failures).toMatchObject([
      { provider: 'square', message: 'Square rejects the phone number.', contacts: 2, isPermanent: true },
      { provider: 'google', contacts: 1, since: '2026-11-29T12:00:00.000Z' },
    ]);
    expect([first, second]).toContain(failures[0]?.contactId);
  });
});

describe('a retry of many', () => {
  it('would retry those that are counted, and no record that Accord has left', async () => {
    const left = await failAt('square', 'Square rejects the phone number.', { externalId: 's3' });
    await api.db.updateTable('link').set({ state: 'detached' }).where('contact_id', '=', left).execute();
    const body = { provider: 'square', error: 'InvalidRequestError', dryRun: true };
    const response = await api.post('/api/v1/contacts/retry', body);
    expect(await faultsOf('post', '/api/v1/contacts/retry', response)).toEqual([]);
    const { data } = (await response.json()) as { data: { contacts: { sync: string }[]; next: string | null } };
    expect([data.contacts.map(({ sync }) => sync), data.next]).toEqual([['would-retry', 'would-retry'], null]);
  });
});

describe('the overview', () => {
  it('counts contacts, questions and deliveries, and has a row for each minute of the last hour', async () => {
    const overview = await read<{ contacts: object; activity: { minute: string }[] }>('/api/v1/overview');
    expect(overview).toMatchObject({ needsYou: { failures: 3 }, deliveries: { pending: 0, dead: 0, breakersOpen: 0 } });
    expect(overview.activity).toHaveLength(60);
    expect(new Set(overview.activity.map(({ minute }) => minute)).size).toBe(60);
  });
});

describe('the settings', () => {
  it('list changes, newest first, by their kind and their actor', async () => {
    await api.post('/api/v1/session/links');
    const { entries } = await read<{ entries: { action: string; actor: string }[] }>('/api/v1/audit-log?action=session&limit=10');
    expect(entries).toMatchObject([{ action: 'session.create-link', actor: 'api-key:admin' }]);
    const page = await read<{ entries: { action: string }[]; next: string | null }>(
      '/api/v1/audit-log?actor=command-line&limit=1',
    );
    expect(page.entries).toMatchObject([{ action: 'api-key.create' }]);
  });

  it('list the keys with their roles, and neither keys nor hashes', async () => {
    const key = await api.keyFor('viewer');
    const { keys } = await read<{ keys: { name: string; role: string }[] }>('/api/v1/api-keys');
    expect(keys.map(({ name, role }) => [name, role])).toEqual([
      ['admin', 'admin'],
      ['viewer', 'viewer'],
    ]);
    expect(JSON.stringify(keys)).not.toMatch(new RegExp(`${key.slice(12)}|hash`));
  });

  it.each(['/api/v1/audit-log', '/api/v1/api-keys'])('%s are for admins', async (path) => {
    const key = await api.keyFor('sync:write', 'webhooks:write');
    expect((await fetch(api.url + path, { headers: { 'x-api-key': key } })).status).toBe(403);
  });
});
