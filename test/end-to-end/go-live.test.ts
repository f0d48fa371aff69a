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
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google'], accountMode: 'observe' });
  ({ key } = await createApiKey(accord.db, { name: 'owner', scopes: ['sync:read', 'sync:write'] }));
});
afterAll(() => accord.close());

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
  const template = path.replace(/\?.*/, '').replace(/accounts\/\w+/, 'accounts/{provider}');
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
  state: string;
  pushed: number;
  failed: number;
}

/** Goes live and waits for the end of the run of the account. */
async function goLive(provider: string, limit?: number): Promise<Run> {
  const { status, data } = await call<{ runs: Run[] }>('POST', '/api/v1/go-live', { provider, ...(limit && { limit }) });
  expect(status).toBe(202);
  return eventually(async () => {
    const { data: list } = await call<{ runs: Run[] }>('GET', `/api/v1/go-live?provider=${provider}&limit=1`);
    const [run] = list.runs;
    expect(run).toMatchObject({ id: data.runs[0]?.id, state: expect.stringMatching('completed|stopped|failed') });
    return run as Run;
  });
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
    const canary = (await peopleIn(accord, 'gohighlevel')).find(({ emails }) => !emails.includes(cyd.email));
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
