import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { beginErasure } from '#contacts/erasure/begin-erasure.ts';
import { createApiKey } from '#db/api-keys.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit, findPeople, type Member, members, untilEverywhere, untilIdle } from '#test/setup/hub.ts';
import { reconcileNow } from '#test/setup/passes.ts';
import { inDialer, nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';
import { formOrigin } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { apiClient, type Subscription } from '#test/setup/webhook-subscriber.ts';

const fields = [
  { name: 'name', label: 'Name', required: true, mapsTo: 'fullName' },
  { name: 'email', label: 'Email address', type: 'email', mapsTo: 'email' },
  { name: 'message', label: 'How can we help?', type: 'textarea', mapsTo: 'message' },
];
const common = { allowedOrigins: [formOrigin], rateLimit: { submissions: 1_000, minutes: 1 }, fields };
const forms = { contact: { ...common, title: 'Contact us' }, members: { ...common, title: 'Members', trust: 'full' } };

let accord: Accord;
let receiver: Receiver;
let endpoint: Subscription;
let adminKey: string;
beforeAll(async () => {
  const providers = ['gohighlevel', 'calltools', 'square', 'google', 'webform'];
  accord = await startAccord({ providers, webformAccount: { forms }, poolSize: 1 });
  await control(accord.sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
  ({ key: adminKey } = await createApiKey(accord.db, { name: 'privacy', scopes: ['admin'] }));
  receiver = await startReceiver(200);
  const call = await apiClient(accord);
  endpoint = await call<Subscription>('POST', '', { url: receiver.url, events: ['new_lead', 'lead_update', 'form_submitted'] });
});
afterEach(() => control(accord.sandboxes.square, 'DELETE', 'faults'));
afterAll(async () => {
  await receiver.close();
  await accord.close();
});

interface Proof {
  provider: string;
  state: string;
  answer: string | null;
  verifiedStatus: number | null;
  error: string | null;
}

interface Erasure {
  id: string;
  state: string;
  records: Proof[];
  removed: Record<string, number>;
  endpointIds: string[];
  blocked: number;
  liftedBy: string | null;
}

async function call<T>(method: 'get' | 'post', template: string, { id = '', body = {}, key = adminKey } = {}) {
  const response = await fetch(accord.api.url + template.replace('{id}', encodeURIComponent(id)), {
    method: method.toUpperCase(),
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(method === 'post' && { body: JSON.stringify(body) }),
  });
  expect(await faultsOf(method, template.split('?')[0] as string, response)).toEqual([]);
  return { status: response.status, ...((await response.json()) as { data: T; code?: string; detail?: string }) };
}

async function person() {
  const phone = nextPhone();
  const familyName = nextFamilyName();
  const email = `${familyName.toLowerCase()}@example.com`;
  const known = { givenName: 'Augustine', familyName, phone, email };
  const ghlId = await edit(accord, 'gohighlevel', known);
  await untilEverywhere(accord, email);
  return { ...known, ghlId, contactId: await accord.contactIdOf(ghlId), personal: [email, phone, phone.slice(2), familyName] };
}

/** Contacts that have not been erased, by an email. */
const contactsOf = async (email: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`select id from contact where fields::text like ${`%${email}%`}`.execute(accord.db);
  return rows.map(({ id }) => id);
};

async function erase(contactId: string): Promise<Erasure> {
  const { status, data } = await call<{ erasure: Erasure }>('post', '/api/v1/contacts/{id}/erase', {
    id: contactId,
    body: { reason: 'request 17' },
  });
  expect(status).toBe(202);
  return data.erasure;
}

const read = async (id: string): Promise<Erasure> => (await call<Erasure>('get', '/api/v1/erasures/{id}', { id })).data;

const untilErased = (id: string): Promise<Erasure> =>
  eventually(async () => {
    const erasure = await read(id);
    expect(erasure).toMatchObject({ state: 'completed' });
    return erasure;
  }, 20_000);

/** Tables with a row that has one of some texts, whatever the column. */
async function tablesWith(texts: string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`.execute(
    accord.db,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const patterns = texts.map((text) => `%${text}%`);
    // Bytes are shown in hex: bodies of events are read as text.
    const text = name === 'outbox_event' ? sql`convert_from(row.body, 'UTF8')` : sql`row::text`;
    const { rows: hits } =
      await sql`select 1 from ${sql.table(name)} as row where ${text} ilike any(${patterns}) limit 1`.execute(accord.db);
    if (hits.length > 0) found.push(name);
  }
  return found;
}

/** Everything that Temporal keeps of the workflows of this test, payloads decoded. */
async function readHistories(ids: string[]): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId, runId } of accord.temporal.workflow.list()) {
    if (!ids.some((id) => workflowId.includes(id))) continue;
    const history = await accord.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push(
      workflowId,
      JSON.stringify(history, (_key, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
      ),
    );
  }
  return texts.join('\n');
}

async function submit(form: string, values: object): Promise<string> {
  const response = await fetch(`${accord.api.url}/webforms/${form}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: formOrigin, referer: `${formOrigin}/write-us` },
    body: JSON.stringify(values),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

const peopleEverywhere = (email: string) =>
  Promise.all(
    members.map(async (member): Promise<[Member, number]> => [member, (await findPeople(accord, member, email)).length]),
  );
const nobody = members.map((member) => [member, 0]);

describe('a person in four vendors, with a merged contact, a form and a subscriber', () => {
  it('is exported whole, erased everywhere with proof, and kept out until an operator lifts it', async () => {
    const ada = await person();
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts: [{ id: ada.ghlId, addTags: ['cold lead'] }] });
    await eventually(async () => expect(await inDialer(accord, ada.phone)).toHaveLength(1));
    const submissionId = await submit('contact', {
      name: `Augustine ${ada.familyName}`,
      email: ada.email,
      message: 'Call me, please',
    });
    await eventually(async () => expect(await accord.contactIdOf(submissionId)).toBe(ada.contactId));
    const otherPhone = nextPhone();
    const mergedGhl = await edit(accord, 'gohighlevel', { givenName: 'Gus', familyName: nextFamilyName(), phone: otherPhone });
    // A merge ends a create that has not begun.
    await untilEverywhere(accord, otherPhone);
    await untilIdle(accord, mergedGhl);
    const mergedId = await accord.contactIdOf(mergedGhl);
    expect((await call('post', '/api/v1/contacts/{id}/merge', { id: ada.contactId, body: { other: mergedId } })).status).toBe(
      200,
    );
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(2));

    const exported = await call<{ mergedIds: string[]; data: Record<string, { rows: unknown[] }> }>(
      'get',
      '/api/v1/contacts/{id}/personal-data',
      { id: `gohighlevel:${ada.ghlId}` },
    );
    expect(exported.data.mergedIds).toContain(mergedId);
    const text = JSON.stringify(exported.data.data);
    for (const value of [...ada.personal, otherPhone, 'Call me, please']) expect(text).toContain(value);
    const tables = ['contact', 'link', 'contact_history', 'contact_merge', 'inbox_event', 'form_submission', 'outbox_event'];
    expect(Object.keys(exported.data.data)).toEqual(
      expect.arrayContaining([...tables, 'webhook_delivery', 'webhook_attempt', 'write_attempt', 'identity_key', 'audit_log']),
    );
    // Nothing about the person is in a table that the export leaves out.
    expect((await tablesWith(ada.personal)).filter((table) => !(table in exported.data.data))).toEqual([]);

    const { key: clerk } = await createApiKey(accord.db, { name: 'clerk', scopes: ['sync:read', 'sync:write'] });
    const path = '/api/v1/contacts/{id}/erase';
    const refused = await call('post', path, { id: ada.contactId, body: { reason: 'request 17' }, key: clerk });
    expect(refused.status).toBe(403);
    const named = await call('post', path, { id: ada.contactId, body: { reason: `Mr ${ada.familyName} asked` } });
    expect(named.status).toBe(400);
    const preview = await call<{ records: { provider: string }[]; tables: { table: string }[] }>('post', `${path}?preview=true`, {
      id: ada.contactId,
      body: { reason: 'request 17' },
    });
    expect(preview.data.records.map(({ provider }) => provider).toSorted()).toEqual(
      ['calltools', 'gohighlevel', 'gohighlevel', 'google', 'google', 'square', 'square'].toSorted(),
    );
    expect(preview.data.tables.map(({ table }) => table).toSorted()).toEqual(Object.keys(exported.data.data).toSorted());
    expect(await contactsOf(ada.email)).toContain(ada.contactId);

    const begun = await erase(mergedId);
    const erasure = await untilErased(begun.id);
    for (const proof of erasure.records) expect(proof).toMatchObject({ state: 'verified', error: null });
    // HighLevel answers 400 to a read of a contact that it does not have.
    expect(new Set(erasure.records.map(({ verifiedStatus }) => verifiedStatus))).toEqual(new Set([400, 404]));
    expect(erasure.records).toHaveLength(7);
    expect(erasure.endpointIds).toEqual([endpoint.id]);
    expect(await peopleEverywhere(ada.email)).toEqual(nobody);
    expect(await peopleEverywhere(otherPhone)).toEqual(nobody);
    expect(await inDialer(accord, ada.phone)).toEqual([]);
    expect(await tablesWith([...ada.personal, otherPhone, 'Call me, please', ada.ghlId])).toEqual([]);
    for (const id of [ada.contactId, mergedId]) {
      const gone = await call('get', '/api/v1/contacts/{id}', { id });
      expect(gone).toMatchObject({ status: 410, detail: expect.stringContaining(erasure.id) });
    }
    const histories = await readHistories([ada.contactId, mergedId, erasure.id, endpoint.id]);
    for (const id of [ada.contactId, erasure.id, endpoint.id]) expect(histories).toContain(id);
    for (const value of [...ada.personal, otherPhone, 'Call me, please', 'Augustine']) expect(histories).not.toContain(value);

    // The same person is imported again, and announced by a webhook, a poll and a full pass.
    const again = { givenName: ada.givenName, familyName: ada.familyName, email: ada.email };
    await edit(accord, 'gohighlevel', again);
    await edit(accord, 'google', again);
    await pollNow(accord, 'google');
    await reconcileNow(accord, 'gohighlevel');
    await eventually(async () => expect((await read(erasure.id)).blocked).toBeGreaterThan(1));
    await eventually(async () => expect(await tablesWith([ada.email, ada.familyName])).toEqual([]));
    expect(await findPeople(accord, 'square', ada.email)).toEqual([]);

    const lifted = await call<Erasure>('post', '/api/v1/erasures/{id}/lift', {
      id: erasure.id,
      body: { reason: 'bought a car' },
    });
    expect(lifted.data.liftedBy).toBe('api-key:privacy');
    await reconcileNow(accord, 'gohighlevel');
    await untilEverywhere(accord, ada.email);
  }, 90_000);
});

describe('an erased person who submits a form', () => {
  it('waits for a decision where anybody may have typed the address, and returns when it is accepted', async () => {
    const ada = await person();
    await untilErased((await erase(ada.contactId)).id);
    const id = await submit('contact', { name: `Augustine ${ada.familyName}`, email: ada.email, message: 'It is me' });
    const waiting = await eventually(async () => {
      const { data } = await call<{ state: string }>('get', '/api/v1/form-submissions/{id}', { id });
      expect(data.state).toBe('waiting');
      return data;
    });
    expect(waiting).toMatchObject({ pending: expect.arrayContaining([expect.objectContaining({ field: 'emails' })]) });
    expect(await contactsOf(ada.email)).toEqual([]);
    expect((await call('post', '/api/v1/form-submissions/{id}/accept', { id })).status).toBe(200);
    await untilEverywhere(accord, ada.email);
    await eventually(() => expect(receiver.received.some(({ body }) => body.includes('It is me'))).toBe(true));
  }, 60_000);

  it('returns at once by a form that proves its sender', async () => {
    const ada = await person();
    const { id } = await untilErased((await erase(ada.contactId)).id);
    await submit('members', { name: `Augustine ${ada.familyName}`, email: ada.email });
    await untilEverywhere(accord, ada.email);
    expect(await read(id)).toMatchObject({ liftedBy: 'form:members' });
  }, 60_000);
});

describe('an erasure whose api died before it started the workflow', () => {
  it('is carried out all the same', async () => {
    const ada = await person();
    const deps = { ...accord.deps, now: () => new Date(Date.now() - 60_000) };
    const request = { contactId: ada.contactId, reason: 'request 17', actor: 'tester' };
    await untilErased(await inTransaction(deps, (transaction) => beginErasure(transaction, request)));
    expect(await peopleEverywhere(ada.email)).toEqual(nobody);
  }, 60_000);
});

describe('an erasure while a vendor is down', () => {
  it('shows what is open and why, and is completed when the vendor answers', async () => {
    const ada = await person();
    await control(accord.sandboxes.square, 'POST', 'faults', { status: 503 });
    const { id } = await erase(ada.contactId);
    const open = await eventually(async () => {
      const erasure = await read(id);
      const states = Object.fromEntries(erasure.records.map(({ provider, state }) => [provider, state]));
      expect(states).toEqual({ gohighlevel: 'verified', google: 'verified', square: 'open' });
      expect(erasure.records.find(({ provider }) => provider === 'square')?.error).toMatch(/Square/);
      return erasure;
    }, 20_000);
    expect(open.state).toBe('running');
    // What Accord has stored is gone all the same.
    expect(await tablesWith(ada.personal)).toEqual([]);
    await control(accord.sandboxes.square, 'DELETE', 'faults');
    await call('post', '/api/v1/erasures/{id}/retry', { id });
    await untilErased(id);
    expect(await findPeople(accord, 'square', ada.email)).toEqual([]);
  }, 60_000);
});

describe('accord', () => {
  const run = (args: string[]): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, ['src/cli/accord.ts', '--no-env-file', ...args], {
      env: { ...process.env, ACCORD_API_URL: accord.api.url, ACCORD_API_KEY: adminKey },
    });
  /** The words of a line of a shell. */
  const toWords = (line: string) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);

  it('runs the commands of docs/operating.md', async () => {
    const ada = await person();
    const folder = await mkdtemp(join(tmpdir(), 'accord-export-'));
    const [, block = ''] =
      /test\/end-to-end\/erasure\.test\.ts\. -->\n```sh\n([\s\S]*?)```/.exec(readFileSync('docs/operating.md', 'utf8')) ?? [];
    const lines = block.trim().split('\n');
    expect(lines).toHaveLength(6);
    const outputs: string[] = [];
    for (const line of lines) {
      const newest = await accord.db.selectFrom('erasure').select('id').orderBy('id', 'desc').executeTakeFirst();
      const given = line
        .replace(/ +#.*/, '')
        .replace('ada@example.com', ada.email)
        .replace('ada.json', join(folder, 'ada.json'))
        .replace('019a-erasure', newest?.id ?? '');
      const { stdout, stderr } = await run(toWords(given).slice(1));
      outputs.push(stdout + stderr);
    }
    expect(await readFile(join(folder, 'ada.json'), 'utf8')).toContain(ada.familyName);
    const [, preview, erased, listed, , lifted] = outputs;
    expect(preview).toContain(`delete gohighlevel:${ada.ghlId}`);
    expect(erased).toMatch(/completed[\s\S]*square: deleted, and not found by a read since \(404/);
    expect(listed).toContain('request 17');
    expect(lifted).toContain('the person may return');
  }, 180_000);
});
