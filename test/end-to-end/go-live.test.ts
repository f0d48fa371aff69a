import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit, findPeople, type Member, members, peopleIn } from '#test/setup/hub.ts';
import { lastRequest, writesSince } from '#test/setup/passes.ts';
import { nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';
import { reconcileWorkflowId } from '#workflows/ids.ts';

let accord: Accord;
let key: string;
/** For the files that commands write. */
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'accord-go-live-'));
  accord = await startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google'], accountMode: 'observe' });
  ({ key } = await createApiKey(accord.db, { name: 'owner', scopes: ['sync:read', 'sync:write'] }));
});
afterAll(async () => {
  await accord.close();
  await rm(directory, { recursive: true, force: true });
});

async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<{ status: number; data: T; detail?: string }> {
  const response = await fetch(`${accord.api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const template = path
    .replace(/\?.*/, '')
    .replace(/accounts\/\w+/, 'accounts/{provider}')
    .replace(/go-live\/[^/]+/, 'go-live/{id}');
  expect(await faultsOf(method === 'GET' ? 'get' : 'post', template, response.clone())).toEqual([]);
  return { status: response.status, ...((await response.json()) as { data: T; detail?: string }) };
}

interface Plan {
  provider: string;
  mode: string;
  isRead: boolean;
  counts: Record<string, number>;
  recognised: number;
  samples: { operation: string; name: string; set: object }[];
}

const planOf = async (provider: string): Promise<Plan | undefined> => {
  const { data } = await call<{ accounts: Plan[] }>('GET', '/api/v1/plan');
  return data.accounts.find((account) => account.provider === provider);
};

interface Run {
  id: string;
  provider: string;
  state: string;
  pushed: number;
  failed: number;
  limit: number | null;
  error: string | null;
  undo: { state: string; removed: number; restored: number; left: number; error: string | null } | null;
}

/** Goes live and waits for the end of the run of the account. */
async function goLive(provider: string, limit?: number): Promise<Run> {
  const { status, data } = await call<{ runs: Run[] }>('POST', '/api/v1/go-live', { provider, ...(limit && { limit }) });
  expect(status).toBe(202);
  return untilEnded(data.runs[0]?.id as string);
}

function untilEnded(id: string): Promise<Run> {
  return eventually(async () => {
    const { data: run } = await call<Run>('GET', `/api/v1/go-live/${id}`);
    expect(run.state).toMatch(/completed|stopped|failed/);
    return run;
  });
}

/** Undoes all go-lives of an account, and waits for the end. */
async function undo(provider: string): Promise<Run['undo']> {
  const { data } = await call<{ runs: Run[] }>('GET', `/api/v1/go-live?provider=${provider}&limit=100`);
  const first = data.runs.findLast((run) => run.undo === null) as Run;
  expect(await call('POST', `/api/v1/go-live/${first.id}/undo`)).toMatchObject({ status: 202, data: { preview: false } });
  return eventually(async () => {
    const { data: run } = await call<Run>('GET', `/api/v1/go-live/${first.id}`);
    expect(run.undo?.state).toMatch(/completed|failed/);
    return run.undo;
  });
}

/** Runs a command of Accord, as a person does. */
async function accordCommand(line: string): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '', ACCORD_API_URL: accord.api.url, ACCORD_API_KEY: key };
  const args = [resolve('bin/accord.js'), '--no-env-file', ...line.trim().split(/\s+/)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: directory });
  return stdout;
}

async function readEverything(): Promise<void> {
  for (const provider of accord.deps.providers.keys()) {
    if (provider === 'webform') continue;
    await call('POST', '/sync/trigger', { provider });
    await accord.temporal.workflow.getHandle(reconcileWorkflowId(accord.taskQueuePrefix, provider)).result();
  }
}

const quietly = async (member: Member, people: object[]) => {
  await control(accord.sandboxes[member], 'POST', 'people', { people, webhooks: false });
};

const person = (givenName: string) => {
  const phone = nextPhone();
  return { givenName, familyName: 'Lovelace', phone, email: `${givenName.toLowerCase()}.${phone.slice(-5)}@example.com` };
};

describe('accounts that are connected for the first time', () => {
  const [ada, bea, cyd] = [person('Ada'), person('Bea'), person('Cyd')];
  const inGoogle = [ada, bea, ...Array.from({ length: 20 }, (_, index) => person(`Guest${'abcdefghijklmnopqrst'[index]}`))];
  const writes = () => members.map((member) => [member, writesSince(accord.sandboxes[member], before[member] ?? 0)]);
  let before: Partial<Record<Member, number>>;

  beforeAll(async () => {
    await quietly('google', inGoogle);
    await quietly('square', [{ ...ada, givenName: 'Ada' }, cyd]);
    before = Object.fromEntries(members.map((member) => [member, lastRequest(accord.sandboxes[member])]));
  });

  it('cannot go live before all of them were read', async () => {
    expect(await call('POST', '/api/v1/go-live', {})).toMatchObject({ status: 409, detail: expect.stringContaining('google') });
    expect(await planOf('square')).toMatchObject({ mode: 'observe', isRead: false });
  });

  it('are read, matched and planned, and nothing is written to them', async () => {
    // The vendors' listings show new people late.
    await eventually(async () => {
      await readEverything();
      expect((await planOf('square'))?.counts).toMatchObject({ 'in-step': 2 });
      expect((await planOf('google'))?.counts).toMatchObject({ 'in-step': 22 });
    });
    expect(writes()).toEqual(members.map((member) => [member, []]));
    expect(await planOf('square')).toMatchObject({
      isRead: true,
      recognised: 1,
      counts: { create: 21, 'in-step': 2, update: 0 },
    });
    expect(await planOf('google')).toMatchObject({ recognised: 1, counts: { create: 1, 'in-step': 22 } });
    const plan = await planOf('gohighlevel');
    expect(plan).toMatchObject({ recognised: 0, counts: { create: 23 } });
    expect(plan?.samples).toHaveLength(5);
    expect(plan?.samples[0]).toMatchObject({ operation: 'create', name: expect.stringMatching(/\w+ Lovelace/) });
  });

  it('show the whole plan as a file for spreadsheets', async () => {
    const response = await fetch(`${accord.api.url}/api/v1/plan/entries?provider=square&action=create`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const lines = (await response.text()).trim().split('\r\n');
    expect(lines).toHaveLength(22);
    expect(lines).toContainEqual(expect.stringMatching(/^[\da-f-]{36},Bea Lovelace,square,create,,"\{""givenName"":""Bea""/));
  });

  it('count as held, and live edits are read and wait', async () => {
    await edit(accord, 'square', { givenName: 'Cydney' }, (await findPeople(accord, 'square', cyd.email))[0]?.id);
    await eventually(async () => {
      const { data } = await call<Record<string, number>>('GET', '/sync/stats');
      expect(data).toMatchObject({ held: 23, pending: 0, synced: 0 });
      expect((await planOf('google'))?.counts).toMatchObject({ create: 1 });
      const { rows } = { rows: await accord.db.selectFrom('contact').select('fields').execute() };
      expect(rows.map(({ fields }) => fields.givenName)).toContain('Cydney');
    });
    expect(writes()).toEqual(members.map((member) => [member, []]));
  });

  it('get a canary first, whose contacts stay in step and no others', async () => {
    expect(await goLive('gohighlevel', 3)).toMatchObject({ state: 'completed', pushed: 3, failed: 0 });
    expect(await peopleIn(accord, 'gohighlevel')).toHaveLength(3);
    const isOnlyInGoogle = ({ emails }: { emails: string[] }) => !emails.includes(ada.email) && !emails.includes(cyd.email);
    const canary = (await peopleIn(accord, 'gohighlevel')).find(isOnlyInGoogle);
    await edit(accord, 'gohighlevel', { familyName: 'Turing' }, canary?.id);
    await eventually(async () => expect((await planOf('google'))?.counts).toMatchObject({ update: 1 }));
    const email = canary?.emails[0] as string;
    expect(await findPeople(accord, 'google', email)).toMatchObject([{ familyName: 'Lovelace' }]);
    await edit(accord, 'google', { givenName: 'Alan' }, (await findPeople(accord, 'google', email))[0]?.id);
    await pollNow(accord, 'google');
    await eventually(async () => {
      expect(await findPeople(accord, 'gohighlevel', email)).toMatchObject([{ givenName: 'Alan', familyName: 'Turing' }]);
    });
    await eventually(async () => {
      expect(await planOf('gohighlevel')).toMatchObject({ mode: 'canary', counts: { 'in-step': 3, create: 20 } });
    });
    expect(await goLive('gohighlevel', 2)).toMatchObject({ pushed: 2 });
  });

  it('go live, and later edits reach them', async () => {
    expect(await goLive('gohighlevel')).toMatchObject({ state: 'completed', pushed: 18, failed: 0 });
    expect(await peopleIn(accord, 'gohighlevel')).toHaveLength(23);
    await edit(accord, 'square', { familyName: 'King' }, (await findPeople(accord, 'square', cyd.email))[0]?.id);
    await eventually(async () => {
      expect(await findPeople(accord, 'gohighlevel', cyd.email)).toMatchObject([{ familyName: 'King' }]);
    });
    expect(writesSince(accord.sandboxes.square, before.square ?? 0)).toEqual([]);
    expect(await call('POST', '/api/v1/go-live', { provider: 'gohighlevel' })).toMatchObject({ status: 409 });
  });

  it('are written to no more while they are paused, and get everything when they go live again', async () => {
    expect(await call('POST', '/api/v1/accounts/gohighlevel/pause')).toMatchObject({ status: 200, data: { mode: 'paused' } });
    const paused = lastRequest(accord.sandboxes.gohighlevel);
    await edit(accord, 'square', { familyName: 'Byron' }, (await findPeople(accord, 'square', cyd.email))[0]?.id);
    await eventually(async () => expect((await planOf('gohighlevel'))?.counts).toMatchObject({ update: 1 }));
    expect(writesSince(accord.sandboxes.gohighlevel, paused)).toEqual([]);
    expect(await goLive('gohighlevel')).toMatchObject({ state: 'completed', pushed: 1 });
    expect(await findPeople(accord, 'gohighlevel', cyd.email)).toMatchObject([{ familyName: 'Byron' }]);
    expect(await call('POST', '/api/v1/accounts/square/pause')).toMatchObject({ status: 409 });
  });

  it('all go live at once, with nobody twice', async () => {
    expect(await call('POST', '/api/v1/go-live', {})).toMatchObject({ status: 202 });
    await eventually(async () => {
      for (const member of members) expect(await peopleIn(accord, member)).toHaveLength(23);
      expect((await call<Record<string, number>>('GET', '/sync/stats')).data).toMatchObject({ held: 0, pending: 0 });
    });
  });
});

describe('accounts that went live', () => {
  const isPaused = { status: 200, data: { mode: 'paused' } };

  it('show their modes beside the state of their tokens', async () => {
    const { data } = await call<{ accounts: { provider: string; mode: string }[] }>('GET', '/sync/accounts');
    expect(data.accounts).toContainEqual(expect.objectContaining({ provider: 'square', mode: 'live' }));
  });

  it('say before an undo what it would do, and change nothing', async () => {
    const { data } = await call<{ runs: Run[] }>('GET', '/api/v1/go-live?provider=square');
    const preview = await call('POST', `/api/v1/go-live/${data.runs.at(-1)?.id}/undo?preview=true`);
    expect(preview).toMatchObject({ data: { preview: true, removed: 21, restored: 0, left: 0, run: { undo: null } } });
    expect(await planOf('square')).toMatchObject({ mode: 'live', counts: { 'in-step': 23 } });
  });

  it('get back what they held before, except for what was edited there since', async () => {
    const [edited] = (await peopleIn(accord, 'gohighlevel')).filter(({ familyName }) => familyName === 'Turing');
    expect(await undo('square')).toMatchObject({ state: 'completed', removed: 21, restored: 0, left: 0 });
    expect(await undo('google')).toMatchObject({ state: 'completed', removed: 1, restored: 1, left: 0 });
    expect(await undo('gohighlevel')).toMatchObject({ state: 'completed', removed: 22, restored: 0, left: 1 });
    expect(await peopleIn(accord, 'square')).toHaveLength(2);
    expect(await peopleIn(accord, 'google')).toHaveLength(22);
    expect((await findPeople(accord, 'google', edited?.emails[0] as string))[0]).toMatchObject({ familyName: 'Lovelace' });
    expect(await peopleIn(accord, 'gohighlevel')).toEqual([edited]);
    const { data } = await call<{ runs: Run[] }>('GET', '/api/v1/go-live?provider=gohighlevel&limit=100');
    const first = data.runs.at(-1) as Run;
    expect(await call('GET', `/api/v1/go-live/${first.id}/undo`)).toMatchObject({
      data: { data: [{ externalId: edited?.id, outcome: 'left', reason: 'edited' }], next: null },
    });
    expect(await call('POST', `/api/v1/go-live/${first.id}/undo`)).toMatchObject({ status: 409 });
  });

  it('are only observed again: the next pass brings nothing back', async () => {
    await readEverything();
    expect(await planOf('square')).toMatchObject({ mode: 'observe', counts: { create: 21, deleted: 0 } });
    expect(await planOf('google')).toMatchObject({ mode: 'observe', counts: { create: 1, update: 1, deleted: 0 } });
    expect(await peopleIn(accord, 'square')).toHaveLength(2);
    const deleted = accord.db.selectFrom('contact').select('id').where('deleted_at', 'is not', null);
    expect(await deleted.execute()).toEqual([]);
  });

  it('go live again by the commands of docs/operating.md, and back, with nobody twice', async () => {
    const [, section = ''] = readFileSync('docs/operating.md', 'utf8').split('### Going live');
    const lines =
      section
        .match(/```sh\n([^`]*)```/)?.[1]
        ?.trim()
        .split('\n') ?? [];
    const shown = new Map<string, string>();
    for (const line of lines.map((each) => each.replace(/^accord\s+|\s*#.*$/g, ''))) shown.set(line, await accordCommand(line));
    expect(shown.get('plan')).toMatch(/square +observe +21 /);
    expect(readFileSync(join(directory, 'plan.csv'), 'utf8')).toContain('square,create');
    expect(shown.get('go-live --account square --limit 50')).toContain('square: 21 contacts written. It is a canary');
    expect(shown.get('go-live')).toContain('gohighlevel: 22 contacts written.');
    for (const member of members) expect(await peopleIn(accord, member)).toHaveLength(23);
    expect(shown.get('pause square')).toContain('square is paused.');
    expect(shown.get('go-live undo --dry-run')).toContain('square: 21 records would be deleted, 0 restored, 0 left');
    expect(await accordCommand('go-live undo --account square')).toContain('21 records deleted, 0 restored, 0 left as they are.');
    expect(await peopleIn(accord, 'square')).toHaveLength(2);
  });

  it('stop at refused credentials with a sentence, and go on once these are right', async () => {
    const refused = {
      method: 'POST',
      path: '/v2/customers/**',
      status: 401,
      body: { errors: [{ category: 'AUTHENTICATION_ERROR', code: 'UNAUTHORIZED' }] },
    };
    const { id } = await control<{ id: number }>(accord.sandboxes.square, 'POST', 'faults', refused);
    expect(await goLive('square', 5)).toMatchObject({
      ...{ state: 'failed', pushed: 0, failed: 0 },
      error: expect.stringMatching(/^Square rejects our credentials \(401, [\w ]+\): correct the key or grant of this account/),
    });
    await control(accord.sandboxes.square, 'DELETE', `faults/${id}`);
    expect(await goLive('square')).toMatchObject({ state: 'completed', limit: 5, pushed: 5 });
    expect(await peopleIn(accord, 'square')).toHaveLength(7);
  });

  it('go on as a canary after a pause', async () => {
    expect(await call('POST', '/api/v1/accounts/square/pause')).toMatchObject(isPaused);
    const { data } = await call<{ runs: Run[] }>('POST', '/api/v1/accounts/square/resume');
    expect(await untilEnded(data.runs[0]?.id as string)).toMatchObject({ state: 'completed', limit: 5, pushed: 0 });
    expect(await planOf('square')).toMatchObject({ mode: 'canary', counts: { create: 16 } });
    expect(await call('POST', '/api/v1/accounts/square/resume')).toMatchObject({ status: 409 });
  });

  it('get the edits that are made during an import', async () => {
    // The first batch waits at the vendor until the edit was read.
    await control(accord.sandboxes.square, 'POST', 'faults', { path: '/v2/customers/bulk-create', latencyMs: 1_000, times: 1 });
    const running = goLive('square');
    const { id, emails } = (await peopleIn(accord, 'google')).find(({ givenName }) => givenName?.startsWith('Guest')) ?? {};
    await edit(accord, 'google', { familyName: 'Hopper' }, id);
    await pollNow(accord, 'google');
    expect(await running).toMatchObject({ state: 'completed', failed: 0 });
    await eventually(async () => {
      expect(await findPeople(accord, 'square', emails?.[0] as string)).toMatchObject([{ familyName: 'Hopper' }]);
    });
    expect(await peopleIn(accord, 'square')).toHaveLength(23);
  });

  it('leave a contact that the vendor refuses to its own workflow, and go on', async () => {
    const refused = { method: 'POST', path: '/contacts/', status: 422, body: { message: 'No.' }, times: 1 };
    // Undone by the commands above.
    expect((await planOf('gohighlevel'))?.mode).toBe('observe');
    await control(accord.sandboxes.gohighlevel, 'POST', 'faults', refused);
    const run = await goLive('gohighlevel');
    expect(run).toMatchObject({ state: 'completed', failed: 1 });
    expect(run.pushed).toBeGreaterThan(20);
    // The refusal was about one request: the contact's own workflow tries again.
    await eventually(async () => expect(await peopleIn(accord, 'gohighlevel')).toHaveLength(23));
  });
});
