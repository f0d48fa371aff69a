import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
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
  const documented = template.replace(/\?.*/, '').replace(/history\/\w+/, 'history/{entry}');
  expect(await faultsOf(method, documented, response)).toEqual([]);
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

interface Entry {
  id: string;
  kind: string;
  field: string | null;
  before: unknown;
  after: unknown;
  cause: { kind: string; says: string; webUi: string | null };
  decision: string;
  effects: { provider: string }[];
  canUndo: boolean;
  undoRefusal: string | null;
}

interface Undone {
  preview: boolean;
  changes: { field: string; before: unknown; after: unknown }[];
  writes: { provider: string; operation: string; set: Record<string, unknown> }[];
  sync: string | null;
}

describe('GET /api/v1/contacts/:id/history', () => {
  const historyOf = async (id: string, query = '') =>
    (await call<{ entries: Entry[]; next: string | null }>('get', `/api/v1/contacts/{id}/history${query}`, id)).data;
  const undo = (id: string, entry: string, query = '') =>
    call<Undone>('post', `/api/v1/contacts/{id}/history/${entry}/undo${query}`, id);
  const hasName = async (id: string, givenName: string) =>
    eventually(async () => {
      const { syncStatus, comparison } = await explain(id);
      const values = comparison.find(({ field }) => field === 'givenName')?.records.map(({ value }) => value);
      expect([syncStatus, values]).toEqual(['synced', [givenName, givenName]]);
    });

  it('names the cause, the decision and the effects of a change, and takes it back at every vendor', async () => {
    const ghlId = await syncedLead('Hedy', '+15125550106');
    await changeInGhl(accord.sandboxes, { id: ghlId, firstName: 'Heddy' });
    await hasName(ghlId, 'Heddy');
    const [write, change] = (await historyOf(ghlId, '?field=givenName')).entries;
    expect(write).toMatchObject({ kind: 'pushed', canUndo: false, undoRefusal: expect.stringContaining('undo the change') });
    expect(change).toMatchObject({
      ...{ kind: 'changed', before: 'Hedy', after: 'Heddy', effects: [{ provider: 'calltools' }], canUndo: true },
      cause: { kind: 'record', says: expect.stringContaining('gohighlevel'), webUi: expect.stringContaining('contact%2F') },
      decision: expect.stringContaining('gohighlevel'),
    });
    const preview = await undo(ghlId, change?.id ?? '', '?preview=true');
    expect(preview.data).toMatchObject({ preview: true, sync: null, changes: [{ before: 'Heddy', after: 'Hedy' }] });
    expect(preview.data.writes.map(({ provider, set }) => [provider, set]).sort()).toEqual([
      ['calltools', { givenName: 'Hedy' }],
      ['gohighlevel', { givenName: 'Hedy' }],
    ]);
    expect((await explain(ghlId)).comparison.find(({ field }) => field === 'givenName')).toMatchObject({ value: 'Heddy' });

    expect((await undo(ghlId, change?.id ?? '')).data).toMatchObject({ preview: false, sync: 'started' });
    await hasName(ghlId, 'Hedy');
    expect((await historyOf(ghlId)).entries).toContainEqual(
      expect.objectContaining({ kind: 'changed', after: 'Hedy', cause: expect.objectContaining({ kind: 'undo' }) }),
    );
    expect(await undo(ghlId, change?.id ?? '')).toMatchObject({ status: 409 });
    for (const entry of [write?.id ?? '', '999999999']) expect((await undo(ghlId, entry)).status).toBeGreaterThanOrEqual(404);
  });

  it('is read page by page', async () => {
    const ghlId = await syncedLead('Annie', '+15125550107');
    const whole = await historyOf(ghlId);
    const seen: Entry[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page = await historyOf(ghlId, `?limit=2${next === '' ? '' : `&cursor=${next}`}`);
      seen.push(...page.entries);
      ({ next } = page);
    }
    expect([seen, whole.next]).toEqual([whole.entries, null]);
  });

  it('takes a customer mark back', async () => {
    const ghlId = await syncedLead('Radia', '+15125550108');
    await call('post', '/sync/mark-customer/{ghl_contact_id}', ghlId);
    const mark = (await historyOf(ghlId)).entries.find(({ kind }) => kind === 'marked_customer');
    expect((await undo(ghlId, mark?.id ?? '')).data).toMatchObject({ changes: [{ field: 'isCustomer', after: false }] });
    await eventually(async () => expect((await explain(ghlId)).isCustomer).toBe(false));
  });
});

describe('accord', () => {
  const run = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, ['src/cli/accord.ts', '--no-env-file', ...args], {
      env: { ...process.env, ACCORD_API_URL: accord.api.url, ACCORD_API_KEY: key },
    }).then(
      (output) => ({ code: 0, ...output }),
      (error) => error,
    );

  /** The words of a line of a shell. */
  const toWords = (line: string) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);

  it('runs the commands of docs/operating.md', async () => {
    const ghlId = await changeInGhl(accord.sandboxes, {
      ...{ firstName: 'Ada', lastName: 'Lovelace', phone: '+15125550143', email: 'ada@example.com', tags: ['cold lead'] },
    });
    await eventually(async () => expect((await explain(ghlId)).syncStatus).toBe('synced'));
    const { entries } = (await call<{ entries: Entry[] }>('get', '/api/v1/contacts/{id}/history?field=emails', ghlId)).data;
    const entry = entries.find(({ canUndo }) => canUndo);
    const [, block = ''] =
      /test\/api\/contacts\/contacts\.test\.ts\. -->\n```sh\n([\s\S]*?)```/.exec(readFileSync('docs/operating.md', 'utf8')) ?? [];
    const given = block.replace('gohighlevel:ocQHyuzHv', `gohighlevel:${ghlId}`).replace('--undo 42', `--undo ${entry?.id}`);
    const lines = given
      .trim()
      .split('\n')
      .map((line) => toWords(line.replace(/ +#.*/, '')).slice(1));
    expect(lines.length).toBeGreaterThan(10);
    const results = await Promise.all(lines.map(async (args) => ({ args: args.join(' '), ...(await run(...args)) })));
    const outputs = results.map(({ args, code, stdout, stderr }) => [args, code, stdout + stderr] as const);
    for (const [args, code, output] of outputs) {
      const isDoctor = args === 'doctor';
      expect([args, isDoctor || code, output.length > 0]).toEqual([args, isDoctor || 0, true]);
    }
    const outputOf = (start: string) => outputs.find(([args]) => args.startsWith(start))?.[2];
    expect(outputOf('contact (512)')).toContain('ada@example.com');
    expect(outputOf('contact (512)')).toContain('member of cold-leads');
    expect(JSON.parse(outputOf('contact ada@') ?? '')).toMatchObject({ name: 'Ada Lovelace' });
    expect(outputOf('history ada@example.com --undo')).toContain('dry run, nothing was changed');
    expect(outputOf('history')).toContain('cause     The sync of the contact');
    expect(outputOf('submissions')).toBe('no submissions\n');
    expect(outputOf('retry --parked')).toMatch(/\d+ contacts? would be retried/);
    // Twelve processes.
  }, 120_000);

  it('ends with the documented exit codes, and says what to do', async () => {
    const weak = await createApiKey(accord.db, { name: 'weak', scopes: ['inbox:read'] });
    const as = (env: Record<string, string>, ...args: string[]) =>
      promisify(execFile)(process.execPath, ['src/cli/accord.ts', '--no-env-file', ...args], {
        env: { ...process.env, ACCORD_API_URL: accord.api.url, ACCORD_API_KEY: key, ...env },
      }).then(
        ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, output: stdout + stderr }),
      );
    const nowhere = {
      ACCORD_API_URL: 'http://127.0.0.1:1',
      DATABASE_URL: 'postgres://x:secret@127.0.0.1:1/none',
      TEMPORAL_ADDRESS: '127.0.0.1:2',
    };
    const cases: [number, RegExp, Record<string, string>, ...string[]][] = [
      [2, /unknown option '--colour'/, {}, 'contact', '--colour'],
      [3, /Nobody is found by "nobody at all": shorten/, {}, 'contact', 'nobody', 'at all'],
      [4, /lacks the scope sync:read\. Create one that has it: accord keys create/, { ACCORD_API_KEY: weak.key }, 'status'],
      [5, /The api at http:\/\/127\.0\.0\.1:1 does not answer: start it/, nowhere, 'contact', 'ada'],
      [
        1,
        /PostgreSQL does not answer.*correct DATABASE_URL.*Temporal does not answer.*correct TEMPORAL_ADDRESS/s,
        nowhere,
        'doctor',
      ],
      [5, /PostgreSQL does not answer at 127\.0\.0\.1:1: start it, or correct DATABASE_URL\n$/, nowhere, 'keys', 'list'],
      [
        5,
        /Temporal does not answer at 127\.0\.0\.1:2\. The database is migrated: run accord migrate again/,
        { ...nowhere, DATABASE_URL: accord.databaseUrl },
        'migrate',
      ],
    ];
    const results = await Promise.all(cases.map(async ([, , env, ...args]) => as(env, ...args)));
    for (const [index, [code, message, , ...args]] of cases.entries())
      expect([args, results[index]]).toEqual([args, { code, output: expect.stringMatching(message) }]);
  }, 120_000);
});
