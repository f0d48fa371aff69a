import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { listRuns } from '#db/sync/reconcile-runs.ts';
import { type Accord, control, dialerContacts, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createLead, inDialer, nextPhone, untilStatus } from '#test/setup/people.ts';

let accord: Accord;
let key: string;
beforeAll(async () => {
  accord = await startAccord({ gohighlevelAccount: { pageSize: 20 } });
  ({ key } = await createApiKey(accord.db, { name: 'test', scopes: ['admin'] }));
  // Search shows writes at once, so that no test has to wait for the vendor's lag.
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
});
afterAll(() => accord.close());

/** Starts a pass as its schedule does, waits for its end and returns its counts. */
async function reconcile(provider: string) {
  const response = await fetch(`${accord.api.url}/sync/trigger`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ provider }),
  });
  expect(response.status).toBe(202);
  const { data } = (await response.json()) as { data: { runs: { workflowId: string; runId: string }[] } };
  const [run] = data.runs;
  await accord.temporal.workflow.getHandle(run?.workflowId as string, run?.runId).result();
  const [{ counts } = { counts: null }] = await listRuns(accord.db, { provider, limit: 1 });
  return counts;
}

const quietly = (contacts: object[], rest: object = {}) =>
  control<{ contacts: string[] }>(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts, webhooks: false, ...rest });

const lead = () => ({ firstName: 'Ada', lastName: 'Lovelace', phone: nextPhone(), tags: ['cold lead'] });

describe('a pass over GHL', () => {
  it('syncs a first import in batches, without a workflow per contact', async () => {
    const people = Array.from({ length: 40 }, (_, index) =>
      index % 3 === 0 ? lead() : { firstName: 'Bob', phone: nextPhone() },
    );
    await quietly(people);
    expect(await reconcile('gohighlevel')).toMatchObject({
      listed: 40,
      created: 40,
      drifted: 0,
      unchanged: 0,
      pushed: 14,
      failed: 0,
    });
    expect((await dialerContacts(accord.sandboxes)).filter(({ bucketNames }) => bucketNames.includes('Cold Leads'))).toHaveLength(
      14,
    );
    const workflows = accord.temporal.workflow.list({
      query: `TaskQueue = '${accord.taskQueuePrefix}' AND WorkflowType = 'syncContact'`,
    });
    expect(await Array.fromAsync(workflows)).toEqual([]);
  });

  it('costs only list calls when nothing changed', async () => {
    const [ghl, dialer] = [accord.sandboxes.gohighlevel.requests().length, accord.sandboxes.calltools.requests().length];
    expect(await reconcile('gohighlevel')).toMatchObject({ listed: 40, unchanged: 40, drifted: 0, created: 0, pushed: 0 });
    const calls = accord.sandboxes.gohighlevel.requests().slice(ghl);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(3).fill('POST /contacts/search'));
    expect(accord.sandboxes.calltools.requests()).toHaveLength(dialer);
  });

  it('finds a change whose webhook was lost', async () => {
    const missed = lead();
    const { contacts } = await quietly([missed]);
    expect(await reconcile('gohighlevel')).toMatchObject({ created: 1 });
    await untilStatus(accord, contacts[0] as string, 'synced');
    await quietly([{ id: contacts[0], firstName: 'Augusta' }]);
    expect(await reconcile('gohighlevel')).toMatchObject({ drifted: 1, created: 0 });
    await eventually(async () => expect(await inDialer(accord, missed.phone)).toMatchObject([{ first_name: 'Augusta' }]));
  });

  it('takes a contact out of the bucket whose deletion in GHL was missed', async () => {
    const gone = await createLead(accord);
    await untilStatus(accord, gone.id, 'synced');
    // Records of the last minutes may be missing from a listing that lags.
    await accord.db
      .updateTable('link')
      .set({ created_at: new Date(Date.now() - 3_600_000) })
      .where('external_id', '=', gone.id)
      .execute();
    await quietly([], { delete: [gone.id] });
    expect(await reconcile('gohighlevel')).toMatchObject({ missing: 1 });
    await eventually(async () => expect(await inDialer(accord, gone.phone)).toMatchObject([{ bucketNames: [] }]));
  });

  it('takes no contact for deleted when the listing lacks many at once', async () => {
    const before = await dialerContacts(accord.sandboxes);
    await accord.db
      .updateTable('link')
      .set({ created_at: new Date(Date.now() - 3_600_000) })
      .execute();
    await control(accord.sandboxes.gohighlevel, 'POST', 'faults', {
      path: '/contacts/search',
      status: 200,
      body: { contacts: [], total: 0 },
      times: 1,
    });
    const counts = await reconcile('gohighlevel');
    expect(counts?.missing).toBeGreaterThan(35);
    expect(await dialerContacts(accord.sandboxes)).toEqual(before);
  });

  it('leaves a contact that the dialer refuses in a batch to its workflow, parked and visible', async () => {
    const shared = nextPhone();
    await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { allowDuplicateContact: true });
    const people = Array.from({ length: 12 }, lead);
    const { contacts } = await quietly([
      ...people,
      { ...lead(), phone: shared },
      { ...lead(), firstName: 'Grace', lastName: 'Hopper', phone: shared },
    ]);
    const counts = await reconcile('gohighlevel');
    expect(counts).toMatchObject({ pushed: 13, failed: 1 });
    const ids = await Promise.all(contacts.slice(-2).map((id) => accord.contactIdOf(id)));
    await eventually(async () => {
      const states = await accord.db
        .selectFrom('contact')
        .select('sync_status')
        .where('id', 'in', ids)
        .orderBy('sync_status')
        .execute();
      expect(states.map(({ sync_status }) => sync_status)).toEqual(['failed', 'synced']);
    });
  });
});

describe('a pass over the dialer', () => {
  it('puts a contact back into the bucket that an agent removed', async () => {
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    const [record] = await inDialer(accord, phone);
    await control(accord.sandboxes.calltools, 'POST', 'records', { update: [{ id: record?.id, buckets: [] }] });
    expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: [] }]);
    await reconcile('calltools');
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]));
  });

  it('makes no contacts for records that Accord did not create', async () => {
    await control(accord.sandboxes.calltools, 'POST', 'records', {
      create: [{ first_name: 'Stranger', mobile_phone_number: nextPhone() }],
    });
    const { count } = await accord.db
      .selectFrom('contact')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    await reconcile('calltools');
    expect(
      await accord.db
        .selectFrom('contact')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow(),
    ).toEqual({ count });
  });
});
