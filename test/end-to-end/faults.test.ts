import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createLead, inDialer, untilStatus } from '#test/setup/people.ts';

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({ calltoolsAccount: { timeoutSeconds: 1 }, timing: { laneBudget: 60_000 } });
});
afterAll(() => accord.close());
afterEach(() => control(accord.sandboxes.calltools, 'DELETE', 'faults'));

const fault = (what: object) => control(accord.sandboxes.calltools, 'POST', 'faults', what);
const creates = { method: 'POST', path: '/api/contacts/' };

describe('the dialer', () => {
  it.each([
    ['answers 500 for a while', { status: 500, body: 'Server Error', times: 6 }],
    [
      'answers 502 with a page of HTML',
      { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>', times: 3 },
    ],
    [
      'answers 429 with Retry-After',
      { status: 429, headers: { 'retry-after': '1' }, body: { detail: 'Request was throttled.' }, times: 2 },
    ],
    ['answers 429 without Retry-After', { status: 429, body: { detail: 'Request was throttled.' }, times: 2 }],
    ['hangs', { hang: true, times: 1 }],
    ['cuts the connection before it handles a request', { dropRequest: true, times: 2 }],
  ])('%s, and the lead still arrives once', async (_what, what) => {
    await fault({ ...what, path: '/api/**' });
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
  });

  describe('whose account allows duplicates', () => {
    const unanswered = {
      'loses the answer to a create that landed': { dropResponse: true },
      'answers a create that landed with 500': { afterWrite: true, status: 500, body: 'Server Error' },
      'hangs after a create that landed': { afterWrite: true, hang: true },
      'completes a create after our timeout': { latencyMs: 2_500 },
    };
    const leads = new Map<string, Awaited<ReturnType<typeof createLead>>>();
    // One after the other, and without a wait for the end: Accord waits seconds before it repeats such a create.
    beforeAll(async () => {
      const { calltools } = accord.sandboxes;
      await control(calltools, 'PATCH', 'settings', { duplicateMode: 'create' });
      for (const [what, details] of Object.entries(unanswered)) {
        await fault({ ...creates, ...details, times: 1 });
        leads.set(what, await createLead(accord));
        await eventually(async () => expect(await control(calltools, 'GET', 'faults')).toEqual({ faults: [] }));
      }
      // A request that is held as long as the last create, and began after it: when it is answered, the create has landed.
      await fault({ path: '/api/later/', latencyMs: 2_500, times: 1 });
      await fetch(`${calltools.url}/api/later/`);
    });
    afterAll(() => control(accord.sandboxes.calltools, 'PATCH', 'settings', { duplicateMode: 'merge' }));

    it.each(Object.keys(unanswered))('%s, and the lead arrives once', async (what) => {
      const { id, phone } = leads.get(what) as NonNullable<ReturnType<typeof leads.get>>;
      await untilStatus(accord, id, 'synced');
      expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
    });
  });

  it('gets a change made during a create with an unknown outcome', async () => {
    await fault({ ...creates, dropResponse: true, times: 1 });
    await fault({ method: 'GET', path: '/api/contacts/', status: 503, body: 'down', times: 4 });
    const { id, phone } = await createLead(accord);
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts: [{ id, firstName: 'Augusta' }] });
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ first_name: 'Augusta' }]));
    await untilStatus(accord, id, 'synced');
    expect(await inDialer(accord, phone)).toHaveLength(1);
  });
});

describe('a lane that cannot go on', () => {
  const parked = (contactId: string, type: string) =>
    eventually(async () => {
      const { lanes } = await accord.syncState(contactId);
      expect(lanes).toContainEqual(
        expect.objectContaining({ provider: 'calltools', status: 'parked', error: expect.objectContaining({ type }) }),
      );
    });

  it('parks on a wrong API key, is found by search attribute, and continues by retryNow once the key is right', async () => {
    const { tokens } = accord.sandboxes.calltools.settings.current;
    await control(accord.sandboxes.calltools, 'PATCH', 'settings', { tokens: { another: [] } });
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'failed');
    const contactId = await accord.contactIdOf(id);
    await parked(contactId, 'AuthenticationError');
    const handle = accord.workflowOf(contactId);
    await eventually(async () =>
      expect((await handle.describe()).searchAttributes).toMatchObject({
        SyncStatus: ['Parked'],
        ParkedProviders: ['calltools'],
        LastErrorType: ['AuthenticationError'],
      }),
    );

    await control(accord.sandboxes.calltools, 'PATCH', 'settings', { tokens });
    await handle.signal('retryNow');
    await untilStatus(accord, id, 'synced');
    expect(await inDialer(accord, phone)).toHaveLength(1);
    await eventually(async () => expect((await handle.describe()).status.name).toBe('COMPLETED'));
    expect((await handle.describe()).searchAttributes).toMatchObject({ SyncStatus: ['InSync'] });
  });

  it('parks on a missing bucket, names it, and continues with the next change', async () => {
    const { buckets } = await control<{ buckets: Record<string, number> }>(accord.sandboxes.calltools, 'GET', 'records');
    expect(buckets).toHaveProperty('Cold Leads');
    const without = await startAccord({
      calltoolsAccount: { createBuckets: false },
      audiences: [
        {
          ...(accord.deps.audiences[0] as never as object),
          then: { calltools: { lists: ['No Such Bucket'], addTags: [], removeTags: [] } },
        } as never,
      ],
    });
    try {
      const { id, phone } = await createLead(without);
      await untilStatus(without, id, 'failed');
      const contactId = await without.contactIdOf(id);
      // The push at once has failed first: its lane tries again before it parks.
      await eventually(async () => {
        const { lanes } = await without.syncState(contactId);
        const { error } = lanes.find(({ provider }) => provider === 'calltools') ?? {};
        expect(error?.message).toMatch(/create a bucket named "No Such Bucket" in CallTools/);
      });

      await control(without.sandboxes.calltools, 'POST', 'records', { buckets: ['No Such Bucket'] });
      await control(without.sandboxes.gohighlevel, 'POST', 'records', { contacts: [{ id, lastName: 'King' }] });
      await untilStatus(without, id, 'synced');
      expect(await inDialer(without, phone)).toMatchObject([{ last_name: 'King', bucketNames: ['No Such Bucket'] }]);
    } finally {
      await without.close();
    }
  });

  it('does not delay the others: GHL is read while the dialer is down', async () => {
    await fault({ path: '/api/**', status: 503, body: 'down' });
    const { id } = await createLead(accord);
    await untilStatus(accord, id, 'pending');
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts: [{ id, firstName: 'Augusta' }] });
    const contactId = await accord.contactIdOf(id);
    await eventually(async () => {
      const { fields } = await accord.db
        .selectFrom('contact')
        .select('fields')
        .where('id', '=', contactId)
        .executeTakeFirstOrThrow();
      expect(fields.givenName).toBe('Augusta');
    });
    await control(accord.sandboxes.calltools, 'DELETE', 'faults');
    await untilStatus(accord, id, 'synced');
  });

  it('parks when another person’s record has the lead’s phone number', async () => {
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { allowDuplicateContact: true });
    const second = await createLead(accord, { firstName: 'Grace', lastName: 'Hopper', phone });
    await untilStatus(accord, second.id, 'failed');
    await parked(await accord.contactIdOf(second.id), 'ConflictError');
    expect(await inDialer(accord, phone)).toMatchObject([{ first_name: 'Ada' }]);
  });
});
