import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { type Accord, changeInGhl, control, dialerContacts, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';

let accord: Accord;
let key: string;
beforeAll(async () => {
  accord = await startAccord();
  ({ key } = await createApiKey(accord.db, { name: 'zapier', scopes: ['sync:read', 'sync:write'] }));
});
afterAll(() => accord.close());

interface Explained {
  id: string;
  syncStatus: string;
  isCustomer: boolean;
  audiences: {
    audience: string;
    member: boolean;
    checks: { rule: string; passed: boolean; because: string; value: unknown }[];
  }[];
  origins: Record<string, { provider: string }>;
  comparison: { field: string; records: { provider: string; value: unknown; state: string }[] }[];
  links: { provider: string; state: string; lastError: { type: string } | null }[];
  workflow: { status: string; webUi: string | null; lanes: { provider: string; status: string }[] | null };
  history: { kind: string; actor: string }[];
}

async function call<T>(
  method: 'get' | 'post',
  template: string,
  id: string,
  body?: object,
): Promise<{ status: number; data: T }> {
  const response = await fetch(accord.api.url + template.replace(/\{\w+\}/, id), {
    method: method.toUpperCase(),
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(await faultsOf(method, template, response)).toEqual([]);
  return { status: response.status, data: ((await response.json()) as { data: T }).data };
}

const explain = async (id: string) => (await call<Explained>('get', '/sync/contacts/{id}', id)).data;

/** A cold lead in GHL, once it is in the dialer. */
async function syncedLead(firstName: string, phone: string): Promise<string> {
  const ghlId = await changeInGhl(accord.sandboxes, { firstName, phone, tags: ['cold lead'] });
  await eventually(async () => expect((await explain(ghlId)).syncStatus).toBe('synced'));
  return ghlId;
}

async function bucketsOf(firstName: string): Promise<string[] | undefined> {
  return (await dialerContacts(accord.sandboxes)).find((contact) => contact.first_name === firstName)?.bucketNames;
}

describe('GET /sync/contacts/:id', () => {
  it('explains each audience rule for a contact, by any of its ids', async () => {
    const ghlId = await syncedLead('Ada', '+15125550101');
    const contact = await explain(ghlId);
    expect(contact.audiences).toMatchObject([{ audience: 'cold-leads', member: true }]);
    expect(contact.audiences[0]?.checks).toContainEqual({
      rule: 'when.anyTag',
      passed: true,
      because: expect.stringContaining('cold lead'),
      value: ['cold lead'],
    });
    expect(contact.origins.givenName).toMatchObject({ provider: 'gohighlevel' });
    const givenName = contact.comparison.find(({ field }) => field === 'givenName');
    expect(givenName?.records.map(({ provider, value, state }) => [provider, value, state]).sort()).toEqual([
      ['calltools', 'Ada', 'same'],
      ['gohighlevel', 'Ada', 'same'],
    ]);
    expect(contact).toMatchObject({ name: 'Ada', mergedId: null, openDecisions: [] });
    expect(contact.links.map(({ provider, state }) => [provider, state]).sort()).toEqual([
      ['calltools', 'linked'],
      ['gohighlevel', 'linked'],
    ]);
    expect(contact.workflow.webUi).toMatch('http://127.0.0.1:8233/namespaces/default/workflows/contact%2F');
    expect(contact.history.map(({ kind }) => kind)).toContain('pushed');
    for (const id of [contact.id, `gohighlevel:${ghlId}`]) expect((await explain(id)).id).toBe(contact.id);
  });

  it('answers 404 for an unknown id', async () => {
    for (const id of ['nobody', 'calltools:999999', '01990000-0000-7000-8000-000000000000']) {
      expect((await call('get', '/sync/contacts/{id}', id)).status).toBe(404);
    }
  });
});

describe('POST /sync/mark-customer/:ghl_contact_id', () => {
  it('takes a customer out of the bucket, and back into it when the mark is removed', async () => {
    const ghlId = await syncedLead('Grace', '+15125550102');
    expect(await bucketsOf('Grace')).toEqual(['Cold Leads']);

    const marked = await call('post', '/sync/mark-customer/{ghl_contact_id}', ghlId);
    expect(marked).toMatchObject({
      status: 200,
      data: { contact_id: expect.any(String), is_customer: true, changed: true, sync: 'started' },
    });
    await eventually(async () => expect(await bucketsOf('Grace')).toEqual([]));
    await eventually(async () => expect((await explain(ghlId)).syncStatus).toBe('excluded_customer'));

    const again = await call('post', '/sync/mark-customer/{ghl_contact_id}', ghlId);
    expect(again.data).toMatchObject({ changed: false });
    await call('post', '/sync/mark-customer/{ghl_contact_id}', ghlId, { is_customer: false });
    await eventually(async () => expect(await bucketsOf('Grace')).toEqual(['Cold Leads']));
  });

  it('records the actor', async () => {
    const ghlId = await syncedLead('Joan', '+15125550103');
    await call('post', '/sync/mark-customer/{ghl_contact_id}', ghlId);
    const { id, history } = await explain(ghlId);
    expect(history).toContainEqual(expect.objectContaining({ kind: 'marked_customer', actor: 'api-key:zapier' }));
    const audit = await accord.db.selectFrom('audit_log').selectAll().where('target', '=', id).execute();
    expect(audit).toMatchObject([{ actor: 'api-key:zapier', action: 'contact.mark-customer', details: { is_customer: true } }]);
  });

  it('answers 404 for an unknown contact', async () => {
    expect((await call('post', '/sync/mark-customer/{ghl_contact_id}', 'nobody')).status).toBe(404);
  });
});

describe('POST /sync/contacts/:id/retry', () => {
  afterEach(() => control(accord.sandboxes.calltools, 'DELETE', 'faults'));

  it('wakes a parked lane, and shows it as parked until then', async () => {
    const { calltools } = accord.sandboxes;
    await control(calltools, 'POST', 'faults', { method: 'POST', path: '/api/contacts/', status: 401, body: '{}' });
    const ghlId = await changeInGhl(accord.sandboxes, { firstName: 'Edsger', phone: '+15125550104', tags: ['cold lead'] });
    await eventually(async () => {
      const contact = await explain(ghlId);
      expect(contact).toMatchObject({ syncStatus: 'failed', workflow: { status: 'running' } });
      expect(contact.workflow.lanes).toContainEqual(expect.objectContaining({ provider: 'calltools', status: 'parked' }));
    });

    await control(calltools, 'DELETE', 'faults');
    expect(await call('post', '/sync/contacts/{id}/retry', ghlId)).toMatchObject({ status: 202, data: { sync: 'retrying' } });
    await eventually(async () => expect(await bucketsOf('Edsger')).toEqual(['Cold Leads']));
  });

  it('reads and syncs a contact without a running workflow', async () => {
    const ghlId = await syncedLead('Barbara', '+15125550105');
    await eventually(async () => expect((await explain(ghlId)).workflow.status).toBe('completed'));
    expect(await call('post', '/sync/contacts/{id}/retry', ghlId)).toMatchObject({ status: 202, data: { sync: 'started' } });
    await eventually(async () => expect((await explain(ghlId)).workflow.status).toBe('completed'));
  });
});
