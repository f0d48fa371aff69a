import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { getContact } from '#db/contacts/contacts.ts';
import { listLinks } from '#db/contacts/links.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { type Accord, changeInGhl, changeInSquare, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextPhone } from '#test/setup/people.ts';

let accord: Accord;
let key: string;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'square'], audiences: [] });
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
  await control(accord.sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
  ({ key } = await createApiKey(accord.db, { name: 'tester', scopes: ['sync:read', 'sync:write'] }));
});
afterAll(() => accord.close());

async function call<T>(method: 'get' | 'post', template: string, parameters: Record<string, string> = {}, body?: object) {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] as string));
  const response = await fetch(accord.api.url + path, {
    method: method.toUpperCase(),
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(method === 'post' ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  expect(await faultsOf(method, template.split('?')[0] as string, response)).toEqual([]);
  return { status: response.status, body: (await response.json()) as { data: T; type?: string } };
}

interface Request {
  id: string;
  contactId: string;
  revision: string;
  record: { provider: string; externalId: string; values: Record<string, unknown> };
  [name: string]: unknown;
}

async function listed(contactId: string, state: string): Promise<Request[]> {
  const { body } = await call<{ deletes: Request[] }>('get', `/api/v1/deletes?state=${state}&contactId=${contactId}`);
  return body.data.deletes;
}

const inSquare = async (phone: string) =>
  (await recordsOf<{ id: string; phone_number?: string }>(accord.sandboxes.square)).filter((each) => each.phone_number === phone);

/** A person at both accounts, who is then deleted in GHL, and the request to delete the customer in Square. */
async function lost() {
  const phone = nextPhone();
  const ghlId = await changeInGhl(accord.sandboxes, { firstName: 'Ada', lastName: 'Lovelace', phone });
  await eventually(async () => expect(await inSquare(phone)).toHaveLength(1));
  await eventually(async () => expect((await getContact(accord.db, await accord.contactIdOf(ghlId))).syncStatus).toBe('synced'));
  const contactId = await accord.contactIdOf(ghlId);
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', { delete: [ghlId] });
  const request = await eventually(async () => {
    const [open] = await listed(contactId, 'open');
    expect(open).toBeDefined();
    return open as Request;
  });
  return { phone, ghlId, contactId, request };
}

async function cli(...args: string[]): Promise<string> {
  const env = { ...process.env, ACCORD_API_URL: accord.api.url, ACCORD_API_KEY: key, NO_COLOR: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/accord.ts', '--no-env-file', ...args], { env });
  return stdout;
}

describe('a person who was deleted in GHL', () => {
  it('is deleted in Square once somebody approves, and created again by an undo', async () => {
    const { phone, ghlId, contactId, request } = await lost();
    expect(request).toMatchObject({
      ...{ state: 'open', because: 'policy', canRestore: true, decidedBy: null, event: 'ContactDelete' },
      lost: { provider: 'gohighlevel', externalId: ghlId },
      record: { provider: 'square', values: { givenName: 'Ada' } },
    });
    const { id, revision } = request;
    const [one, other] = await Promise.all(
      [1, 2].map(() => call<{ state: string }>('post', '/api/v1/deletes/{id}/approve', { id }, { revision })),
    );
    expect([one?.status, other?.status].toSorted()).toEqual([200, 409]);
    await eventually(async () => expect(await inSquare(phone)).toEqual([]));
    const deleted = await eventually(async () => {
      const [row] = await listed(contactId, 'deleted');
      expect(row).toMatchObject({ id, decidedBy: 'api-key:tester', canRestore: true });
      return row as Request;
    });
    await call('post', '/api/v1/deletes/{id}/undo', { id });
    const [again] = await eventually(async () => {
      const found = await inSquare(phone);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(again?.id).not.toBe(deleted.record.externalId);
    expect((await call('post', '/api/v1/deletes/{id}/undo', { id })).status).toBe(409);
  });

  it('stays in Square when somebody rejects, for good', async () => {
    const { phone, contactId, request } = await lost();
    expect(await cli('deletes', 'list', '--source', 'gohighlevel')).toContain(request.id);
    expect(await cli('deletes', 'reject', request.id)).toContain('kept');
    expect(await inSquare(phone)).toHaveLength(1);
    expect((await call('post', '/api/v1/deletes/{id}/approve', { id: request.id })).body.type).toMatch(/decided-before$/);
    expect(await listed(contactId, 'open')).toEqual([]);
  });

  it('comes back to GHL with a new id when somebody restores it', async () => {
    const { contactId, request, ghlId } = await lost();
    await call('post', '/api/v1/deletes/{id}/restore', { id: request.id });
    await eventually(async () => {
      const links = await listLinks(accord.db, contactId);
      const [own] = links.filter(({ provider, state }) => provider === 'gohighlevel' && state === 'linked');
      expect(own?.external_id).toEqual(expect.any(String));
      expect(own?.external_id).not.toBe(ghlId);
    });
    expect((await getContact(accord.db, contactId)).isDeleted).toBe(false);
    expect(await listed(contactId, 'restored')).toHaveLength(1);
  });

  it('is not decided about by what somebody saw before an edit', async () => {
    const { contactId, request } = await lost();
    await changeInSquare(accord.sandboxes, { id: request.record.externalId, note: 'Prefers mornings' });
    await eventually(async () => expect((await listed(contactId, 'open'))[0]?.revision).not.toBe(request.revision));
    const { id, revision } = request;
    expect((await call('post', '/api/v1/deletes/{id}/approve', { id }, { revision })).body.type).toMatch(/changed$/);
    expect(await listed(contactId, 'open')).toHaveLength(1);
  });
});

it('the commands of docs/operating.md run', async () => {
  await lost();
  const [, block = ''] =
    /test\/api\/deletes\/deletes\.test\.ts\. -->\n```sh\n([\s\S]*?)```/.exec(readFileSync('docs/operating.md', 'utf8')) ?? [];
  const outputs: string[] = [];
  for (const line of block.trim().split('\n')) outputs.push(await cli(...line.replace(/ +#.*/, '').split(' ').slice(1)));
  const [waits, deleted, counted, kept, passes, paused, resumed, started] = outputs;
  expect(waits).toContain('Ada Lovelace');
  expect(deleted).toMatch(/^ {2}request|No request is deleted/);
  expect(counted).toMatch(/\d+ requests would be decided: \d+ at square/);
  expect(kept).toMatch(/(\d+) of \1 requests decided/);
  expect(passes).toMatch(/No pass has run yet|account +started/);
  expect(paused).toContain('The passes over square are paused.');
  expect(resumed).toContain('The passes over square are not paused.');
  expect(started).toMatch(/^square: started/);
}, 120_000);

describe('many requests', () => {
  it('are counted by a dry run, and then decided', async () => {
    await call('post', '/api/v1/deletes/decide', {}, { decision: 'reject', dryRun: false, limit: 200 });
    const [one, other] = [await lost(), await lost()];
    const dry = await call('post', '/api/v1/deletes/decide', {}, { decision: 'approve' });
    expect(dry.body.data).toMatchObject({ dryRun: true, total: 2, records: { square: 2 }, hasMore: false });
    expect(await cli('deletes', 'approve', '--all', '--dry-run')).toContain('2 requests would be decided: 2 at square.');
    expect(JSON.parse(await cli('deletes', 'approve', '--all', '--json'))).toMatchObject({ total: 2, dryRun: false });
    for (const { phone } of [one, other]) await eventually(async () => expect(await inSquare(phone)).toEqual([]));
    expect(await cli('deletes')).toBe('Nothing waits for a decision.\n');
  });
});
