import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withContact } from '#contacts/open-unit.ts';
import { insertContact } from '#db/contacts/contacts.ts';
import { emptyFields } from '#domain/contact.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi();
  key = await api.keyFor('sync:read', 'sync:write');
});
afterAll(() => api.close());

async function call<Data>(method: string, path: string, body?: object | string, template = path.split('?')[0] as string) {
  const response = await fetch(api.url + path, {
    method,
    headers: { 'x-api-key': key, 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const isJson = response.headers.get('content-type')?.includes('json');
  if (isJson) expect(await faultsOf(method.toLowerCase(), template, response)).toEqual([]);
  const text = await response.text();
  return {
    status: response.status,
    text,
    body: (isJson ? JSON.parse(text) : {}) as { data: Data; errors: { pointer: string }[] },
  };
}

const base = { audiences: [], sharing: {}, conflicts: { order: [], fields: {} }, providers: new Map(), now: () => new Date() };

/** A contact with a number, as the worker stores it. */
async function store(number: string, email?: string): Promise<string> {
  const contactId = await insertContact(api.db);
  const phones = [normalizePhone(number, { defaultRegion: 'US' })].filter((phone) => phone !== null);
  await withContact({ ...base, db: api.db }, { contactId, cause: null }, (unit) =>
    unit.changeContact({ fields: { ...emptyFields, phones, emails: email ? [{ address: email, label: null }] : [] } }),
  );
  return contactId;
}

interface Entry {
  id: string;
  channel: string;
  value: string;
  reason: string | null;
}

interface Changed {
  suppressions: Entry[];
  added: number;
  contactIds: string[];
  writes: { provider: string; removeLists: string[]; set: object }[];
}

const suppress = (body: object, query = '') => call<Changed>('POST', `/api/v1/suppressions${query}`, body);
const list = async (query = '') => (await call<{ suppressions: Entry[] }>('GET', `/api/v1/suppressions${query}`)).body.data;

describe('the suppression list', () => {
  it('takes a number in any writing once, finds it in another, and lifts it for a reason only', async () => {
    const first = await suppress({ phone: '(512) 998-0143', reason: 'asked by phone', wording: 'never call me' });
    expect(first.body.data).toMatchObject({
      added: 2,
      suppressions: [{ channel: 'call', value: '+15129980143' }, { channel: 'sms' }],
    });
    expect((await suppress({ phone: '+1 512 998 0143' })).body.data).toMatchObject({ added: 0, suppressions: [{}, {}] });
    const { suppressions } = await list('?q=512.998.0143&channel=call');
    expect(suppressions).toMatchObject([{ value: '+15129980143', reason: 'asked by phone' }]);

    const path = `/api/v1/suppressions/${suppressions[0]?.id}`;
    const template = '/api/v1/suppressions/{id}';
    for (const body of [{}, { reason: ' ' }]) {
      const refused = await call('DELETE', path, body, template);
      expect([refused.status, refused.body.errors[0]?.pointer]).toEqual([400, '/body/reason']);
    }
    expect((await call('DELETE', path, { reason: 'signed' }, template)).status).toBe(200);
    expect((await call('DELETE', path, { reason: 'signed' }, template)).status).toBe(404);
    const actions = await api.db
      .selectFrom('audit_log')
      .select(['action', 'details'])
      .where('action', 'like', 'suppression.%')
      .execute();
    expect(actions.map(({ action }) => action)).toEqual(['suppression.add', 'suppression.add', 'suppression.lift']);
  });

  it.each([
    ['no number', { phone: '000' }, '/body/phone'],
    ['a number for email', { phone: '+15129980143', channels: ['email'] }, '/body/phone'],
    ['no address', { email: 'ada@' }, '/body/email'],
    ['both', { phone: '+15129980143', email: 'ada@example.com' }, '/body'],
    ['neither', {}, '/body'],
  ])('refuses %s', async (_what, body, pointer) => {
    const { status, body: problem } = await suppress(body);
    expect([status, problem.errors[0]?.pointer]).toEqual([400, pointer]);
  });

  it('shows the contacts of a number in a preview, and changes nothing', async () => {
    const id = await store('+15129980150');
    const preview = await suppress({ phone: '+15129980150' }, '?preview=true');
    expect(preview.body.data).toMatchObject({ added: 2, contactIds: [id], preview: true });
    expect((await list('?q=15129980150')).suppressions).toEqual([]);
    const contact = await call<{ consent: { channels: { isDenied: boolean }[] } }>(
      'GET',
      `/api/v1/contacts/${id}`,
      undefined,
      '/api/v1/contacts/{id}',
    );
    expect(contact.body.data.consent.channels.map(({ isDenied }) => isDenied)).toEqual([false, false, false]);
  });

  it('imports a file with bad rows, twice, and exports what it imports again', async () => {
    const file = 'phone,reason\n512 998 0160,list of 2026\n+44 20 7946 0958,\n000,\n512 998 0160,again\n';
    const imported = (dryRun = '') => call('POST', `/api/v1/suppressions/import?reason=old+dialer${dryRun}`, file);
    const counts = { rows: 4, failed: 1, errors: [{ line: 4 }] };
    expect((await imported('&dryRun=true')).body.data).toMatchObject({ ...counts, dryRun: true, added: 4, known: 0 });
    expect((await imported()).body.data).toMatchObject({ ...counts, dryRun: false, added: 4, known: 0 });
    expect((await imported()).body.data).toMatchObject({ ...counts, added: 0, known: 4 });
    const { suppressions } = await list('?q=+442079460958');
    expect(suppressions).toMatchObject([{ reason: 'old dialer' }, { reason: 'old dialer' }]);

    const { text } = await call('GET', '/api/v1/suppressions/export?channel=sms');
    expect(text).toContain('\n+442079460958,phone,sms,old dialer,import,');
    expect((await call('POST', '/api/v1/suppressions/import', text)).body.data).toMatchObject({ added: 0, failed: 0 });
    expect((await call('POST', '/api/v1/suppressions/import', { phone: '+15129980143' })).status).toBe(415);
  });
});

describe('a contact that must not be contacted', () => {
  const template = '/api/v1/contacts/{id}/consent';
  const decide = (id: string, body: object, query = '') => call('POST', `/api/v1/contacts/${id}/consent${query}`, body, template);

  it('has the evidence of who refused, where, when and in which words, and of the lift', async () => {
    const id = await store('+15129980170');
    expect((await decide(id, { channels: ['call'] }, '?preview=true')).body.data).toMatchObject({
      isChanged: true,
      preview: true,
    });
    await decide(id, { channels: ['call'], wording: 'stop calling', reason: 'call of 28 November' });
    await suppress({ phone: '+15129980170', channels: ['sms'], reason: 'STOP' });
    const shown = async () => {
      const { body } = await call<{ consent: object; history: { field: string; actor: string }[] }>(
        'GET',
        `/api/v1/contacts/${id}`,
        undefined,
        '/api/v1/contacts/{id}',
      );
      return body.data;
    };
    expect((await shown()).consent).toMatchObject({
      channels: [
        { channel: 'call', isDenied: true, by: [{ via: 'operator' }] },
        { channel: 'sms', isDenied: true, by: [{ via: 'list', key: { value: '+15129980170' } }] },
        { channel: 'email', isDenied: false, by: [] },
      ],
      evidence: [
        { decision: 'denied', channel: 'sms', via: 'operator', reason: 'STOP', actor: expect.stringMatching(/^api-key:/) },
        { decision: 'denied', channel: 'call', via: 'operator', wording: 'stop calling', reason: 'call of 28 November' },
      ],
    });
    const refused = await decide(id, { decision: 'lift', channels: ['call'] });
    expect([refused.status, refused.body.errors[0]?.pointer]).toEqual([400, '/body/reason']);
    await decide(id, { decision: 'lift', channels: ['call'], reason: 'a letter' });
    const after = await shown();
    expect(after.consent).toMatchObject({
      channels: [{ isDenied: false }, { isDenied: true }, {}],
      evidence: [{ decision: 'lifted', channel: 'call', reason: 'a letter' }, {}, {}],
    });
    expect(after.history.filter(({ field }) => field === 'doNotContact')).toHaveLength(3);
  });
});

it('runs the commands of docs/operating.md', async () => {
  await store('+15129980143', 'ada@example.com');
  const folder = mkdtempSync(join(tmpdir(), 'accord-'));
  writeFileSync(join(folder, 'dnc.csv'), 'phone\n512 998 0180\n');
  const [, block = ''] =
    /test\/api\/consent\/suppressions\.test\.ts\. -->\n```sh\n([\s\S]*?)```/.exec(readFileSync('docs/operating.md', 'utf8')) ??
    [];
  const toWords = (line: string) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
  const lines = block
    .trim()
    .split('\n')
    .map((line) => toWords(line.replace(/ +#.*/, '')).slice(1));
  const env = { ...process.env, ACCORD_API_URL: api.url, ACCORD_API_KEY: key };
  const outputs: string[] = [];
  for (const args of lines) {
    const command = [resolve('src/cli/accord.ts'), '--no-env-file', ...args];
    outputs.push((await promisify(execFile)(process.execPath, command, { env, cwd: folder })).stdout);
  }
  const phone = expect.stringContaining('+15129980143');
  expect(outputs).toEqual([
    expect.stringMatching(/dry run, nothing was changed \(call, sms\), 1 contact has it/),
    expect.stringMatching(/on the list \(call, sms\), 1 contact has it/),
    '1 row: 2 entries added, 0 known, 0 rows failed\n',
    phone,
    phone,
    expect.stringContaining('dry run, nothing was changed'),
    expect.stringMatching(
      /✘ call: refused by list \+15129980143[\s\S]*✔ email[\s\S]*call denied of \+15129980143 by operator.*“never call me”/,
    ),
    expect.stringMatching(/call: lifted[\s\S]*sms: lifted/),
  ]);
}, 120_000);
