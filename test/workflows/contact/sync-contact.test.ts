import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { parse } from 'marked';
import { claimLink } from '#db/contacts/links.ts';
import type { ContactChanged } from '#domain/sync/contact-changed.ts';
import { priorities } from '#domain/sync/priority.ts';
import { signalContactChanged } from '#temporal.ts';
import { type Accord, changeInGhl, coldLeads, control, type Sandboxes, startAccord, startSandboxes } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createLead, inDialer, nextPhone, untilStatus } from '#test/setup/people.ts';
import { aimWebhooks } from '#test/setup/sandboxes.ts';
import { retryNowSignal, type SyncTiming, syncNowUpdate } from '#workflows/messages.ts';

let sandboxes: Sandboxes;
let shared: Accord;
const opened: Accord[] = [];
beforeAll(async () => {
  sandboxes = await startSandboxes();
  shared = await startAccord({ sandboxes, pushesAtOnce: false });
});
afterEach(async () => {
  await mendKeys();
  for (const sandbox of Object.values(sandboxes)) await control(sandbox, 'DELETE', 'faults');
  await Promise.all(opened.splice(0).map((accord) => accord.close()));
});
afterAll(async () => {
  await shared.close();
  await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
});

/** The installation on the sandboxes of this file that most tests share; with `timing`, one of its own. */
async function open(timing?: Partial<SyncTiming>): Promise<Accord> {
  const accord = timing ? await startAccord({ sandboxes, timing, pushesAtOnce: false }) : shared;
  if (timing) opened.push(accord);
  // Only one installation at a time receives the webhooks of the sandboxes.
  aimWebhooks(sandboxes, accord.api.url);
  return accord;
}

const refuseDialerKey = () => control(sandboxes.calltools, 'PATCH', 'settings', { tokens: { another: [] } });
const refuseGhlKey = () => control(sandboxes.gohighlevel, 'PATCH', 'settings', { token: 'another' });
async function mendKeys(): Promise<void> {
  await control(sandboxes.calltools, 'PATCH', 'settings', { tokens: keys.calltools });
  await control(sandboxes.gohighlevel, 'PATCH', 'settings', { token: keys.gohighlevel });
}
let keys: { calltools: unknown; gohighlevel: unknown };
beforeAll(() => {
  keys = { calltools: sandboxes.calltools.settings.current.tokens, gohighlevel: sandboxes.gohighlevel.settings.current.token };
});

/** Delays the next read, so that the test can act during it. */
const slowNextRead = () =>
  control(sandboxes.gohighlevel, 'POST', 'faults', { method: 'GET', path: '/contacts/*', latencyMs: 1_000, times: 1 });

/** A lead in GHL without a webhook, and the change to signal for it. */
async function unseenLead(accord: Accord, priority: ContactChanged['priority'] = priorities.live) {
  const contact = { firstName: 'Ada', lastName: 'Lovelace', phone: nextPhone(), tags: ['cold lead'] };
  const { contacts } = await control<{ contacts: string[] }>(sandboxes.gohighlevel, 'POST', 'records', {
    contacts: [contact],
    webhooks: false,
  });
  const externalId = contacts[0] as string;
  const { accountId } = accord.clients.gohighlevel;
  const link = await claimLink(accord.db, { provider: 'gohighlevel', accountId, externalId });
  const changed: ContactChanged = { observe: [{ linkId: link.id, provider: 'gohighlevel' }], push: [], priority };
  const { taskQueuePrefix, timing } = accord;
  const announce = () => signalContactChanged(accord.temporal, { contactId: link.contact_id, changed, taskQueuePrefix, timing });
  return {
    id: externalId,
    phone: contact.phone,
    changed,
    announce,
    contactId: link.contact_id,
    handle: accord.workflowOf(link.contact_id),
  };
}

/** A lead whose dialer lane is parked by a wrong API key. */
async function parkedLead(accord: Accord) {
  await refuseDialerKey();
  const { id, phone } = await createLead(accord);
  const contactId = await eventually(() => accord.contactIdOf(id));
  const handle = accord.workflowOf(contactId);
  await eventually(async () => expect(await statusOf(accord, contactId, 'calltools')).toBe('parked'));
  return { id, phone, contactId, handle };
}

async function statusOf(accord: Accord, contactId: string, provider: string): Promise<string | undefined> {
  return (await accord.syncState(contactId)).lanes.find((lane) => lane.provider === provider)?.status;
}

async function activitiesOf(handle: Awaited<ReturnType<typeof parkedLead>>['handle']) {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled
      ? [{ name: scheduled.activityType?.name, queue: scheduled.taskQueue?.name, priority: scheduled.priority?.priorityKey }]
      : [],
  );
}

/** The summaries of a history, as the Web UI shows them beside its events. */
async function summariesOf(handle: Awaited<ReturnType<typeof parkedLead>>['handle']): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const [, ...later] = events ?? [];
  return later.flatMap(({ userMetadata }) => {
    const data = userMetadata?.summary?.data;
    return data ? [JSON.parse(Buffer.from(data).toString())] : [];
  });
}

describe('syncNow', () => {
  it('returns when no lane is working, with the records in step', async () => {
    const accord = await open();
    const lead = await unseenLead(accord);
    await slowNextRead();
    await lead.announce();
    const { lanes } = await lead.handle.executeUpdate(syncNowUpdate, { args: [{ ...lead.changed, push: ['calltools'] }] });
    expect(lanes.map(({ provider, status }) => [provider, status])).toEqual([
      ['gohighlevel', 'idle'],
      ['calltools', 'idle'],
    ]);
    expect(await inDialer(accord, lead.phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
  });

  it('returns when a lane is parked, with its error', async () => {
    const accord = await open();
    const lead = await parkedLead(accord);
    const { lanes } = await lead.handle.executeUpdate(syncNowUpdate, {
      args: [{ observe: [], push: ['calltools'], priority: 2 }],
    });
    expect(lanes.find(({ provider }) => provider === 'calltools')).toMatchObject({
      status: 'parked',
      error: { type: 'AuthenticationError', operation: 'pushRecord at calltools' },
    });
  });
});

describe('syncState', () => {
  it('returns the status, the passes and the error of each lane', async () => {
    const accord = await open();
    const lead = await parkedLead(accord);
    expect(await accord.syncState(lead.contactId)).toEqual({
      lanes: [
        { provider: 'gohighlevel', status: 'idle', passes: 1, error: null },
        {
          provider: 'calltools',
          status: 'parked',
          passes: 1,
          error: {
            type: 'AuthenticationError',
            operation: 'pushRecord at calltools',
            message: expect.stringContaining('CallTools rejects our credentials'),
            parkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
          },
        },
      ],
    });
  });

  it('works after the workflow has completed', async () => {
    const accord = await open();
    const { id } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    const contactId = await accord.contactIdOf(id);
    await accord.workflowOf(contactId).result();
    expect((await accord.syncState(contactId)).lanes.map(({ status }) => status)).toEqual(['idle', 'idle']);
  });
});

describe('retryNow', () => {
  it('has no effect when no lane is parked', async () => {
    const accord = await open();
    const lead = await unseenLead(accord);
    await slowNextRead();
    await lead.announce();
    await lead.handle.signal(retryNowSignal);
    await lead.handle.signal(retryNowSignal);
    await lead.handle.result();
    expect((await activitiesOf(lead.handle)).map(({ name }) => name)).toEqual(['observeRecord', 'pushRecord']);
  });

  it('wakes every parked lane once', async () => {
    const accord = await open();
    const lead = await parkedLead(accord);
    await mendKeys();
    await lead.handle.signal(retryNowSignal);
    await lead.handle.result();
    expect((await activitiesOf(lead.handle)).map(({ name }) => name)).toEqual([
      'observeRecord',
      'pushRecord',
      'recordParked',
      'pushRecord',
    ]);
  });
});

describe('a parked lane', () => {
  it('wakes after `parkedRetry`', async () => {
    const accord = await open({ parkedRetry: 300 });
    const lead = await parkedLead(accord);
    await mendKeys();
    await lead.handle.result();
    await untilStatus(accord, lead.id, 'synced');
  });

  it('wakes when the record that it could not read changes', async () => {
    const accord = await open();
    await refuseGhlKey();
    const { id, phone } = await createLead(accord);
    const contactId = await eventually(() => accord.contactIdOf(id));
    await eventually(async () => expect(await statusOf(accord, contactId, 'gohighlevel')).toBe('parked'));
    await mendKeys();
    await changeInGhl(accord.sandboxes, { id, firstName: 'Augusta' });
    await accord.workflowOf(contactId).result();
    expect(await inDialer(accord, phone)).toMatchObject([{ first_name: 'Augusta' }]);
  });

  it('shows the error and how to retry in the Web UI', async () => {
    const accord = await open();
    const { handle } = await parkedLead(accord);
    const details = async () => (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
    await eventually(async () =>
      expect(await details()).toMatch(
        /\| CallTools \| `AuthenticationError` \| `CallTools rejects our credentials [^`|]*: correct the key [^`|]*retry\.` \| `pushRecord at calltools` \| \d{4}-/,
      ),
    );
    expect(await details()).toMatch(/To retry now.*`retryNow`/);
    expect(await details()).toContain('and every 30 min.');
    expect(await details()).toContain('Failures 0 on this page counts failed workflow tasks.');
    // Shown without a worker.
    const { staticDetails, staticSummary } = await handle.describe();
    expect(await staticSummary()).toBe(`Sync of contact ${handle.workflowId.replace('contact/', '')}`);
    expect(await staticDetails()).toContain('*Failures 0*');
    await mendKeys();
    await handle.signal(retryNowSignal);
    await handle.result();
    expect(await details()).toBe('Recovered: every provider is in step again.');
  });

  it('says of each activity and timer what it is for, the error included', async () => {
    const accord = await open();
    const { handle } = await parkedLead(accord);
    await eventually(async () =>
      expect(await summariesOf(handle)).toEqual([
        'GoHighLevel: read',
        'CallTools: push',
        expect.stringMatching(/^CallTools parked: `AuthenticationError: CallTools rejects our credentials \(.*retry\.`$/),
        'CallTools parked (AuthenticationError): retry in 30 min, or on the signal retryNow',
      ]),
    );
  });

  it('shows text of others in an error as text', async () => {
    const bucket = 'a [link](https://thief.example) ![x](https://thief.example/x.png) <img src=x> | ` https://thief.example';
    const then = { calltools: { lists: [`${bucket} ${'🌸'.repeat(200)}`], addTags: [], removeTags: [] } };
    const accord = await startAccord({ sandboxes, pushesAtOnce: false, audiences: [{ ...coldLeads, then }] });
    opened.push(accord);
    const { id } = await createLead(accord);
    const handle = accord.workflowOf(await eventually(() => accord.contactIdOf(id)));
    const details = async () => (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
    await eventually(async () => expect(await details()).toContain('[link]'));
    const summaries = await summariesOf(handle);
    expect(summaries.some((summary) => summary.includes('[link](https://thief.example)'))).toBe(true);
    for (const text of [await details(), ...summaries]) {
      const html = await parse(text, { gfm: true });
      expect(html).not.toMatch(/<(a|img)\b/);
      expect([...html.matchAll(/<tr>/g)].length).toBeLessThanOrEqual(2);
    }
  });

  it('is found by the ids of the records of the person, those that it created included', async () => {
    const accord = await open();
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    const [dialed] = await inDialer(accord, phone);
    const { workflowId } = accord.workflowOf(await accord.contactIdOf(id));
    for (const record of [`gohighlevel:${id}`, `calltools:${dialed?.id}`]) {
      const query = `WorkflowType = "syncContact" AND AccordExternalId = "${record}"`;
      await eventually(async () => {
        const found = await Array.fromAsync(accord.temporal.workflow.list({ query }));
        // The event of a create of ours may have started the workflow of a contact that was joined to this one since.
        expect(found.map((each) => each.workflowId)).toContain(workflowId);
      });
    }
  });

  it('describes its signals and queries for the menus of the Web UI', async () => {
    const accord = await open();
    const { handle } = await parkedLead(accord);
    const { definition } = await handle.query<{ definition: Record<string, { name: string; description: string }[]> }>(
      '__temporal_workflow_metadata',
    );
    const described = [
      ...(definition.signalDefinitions ?? []),
      ...(definition.queryDefinitions ?? []),
      ...(definition.updateDefinitions ?? []),
    ];
    const ours = described.filter(({ name }) => !name.startsWith('__'));
    expect(ours.map(({ name }) => name).toSorted()).toEqual(['contactChanged', 'retryNow', 'syncNow', 'syncState']);
    expect(ours.every(({ description }) => description)).toBe(true);
  });

  it('is found by search attributes, also for two providers, until both have recovered', async () => {
    const accord = await open();
    const lead = await parkedLead(accord);
    const attributes = async () => (await lead.handle.describe()).searchAttributes;
    await eventually(async () =>
      expect(await attributes()).toMatchObject({
        SyncStatus: ['Parked'],
        ParkedProviders: ['calltools'],
        LastErrorType: ['AuthenticationError'],
      }),
    );
    await refuseGhlKey();
    await changeInGhl(accord.sandboxes, { id: lead.id, lastName: 'King' });
    await eventually(async () => expect((await attributes()).ParkedProviders?.toSorted()).toEqual(['calltools', 'gohighlevel']));

    await control(sandboxes.gohighlevel, 'PATCH', 'settings', { token: keys.gohighlevel });
    await lead.handle.signal(retryNowSignal);
    await eventually(async () =>
      expect(await attributes()).toMatchObject({ SyncStatus: ['Parked'], ParkedProviders: ['calltools'] }),
    );

    await mendKeys();
    await lead.handle.signal(retryNowSignal);
    await lead.handle.result();
    expect(await attributes()).toMatchObject({ SyncStatus: ['InSync'] });
    expect(await attributes()).not.toHaveProperty('ParkedProviders');
    expect(await attributes()).not.toHaveProperty('LastErrorType');
  });

  it('stays parked and findable across continue-as-new', async () => {
    const accord = await open({ passesPerRun: 2 });
    const lead = await parkedLead(accord);
    const { runId } = await accord.temporal.workflow.getHandle(lead.handle.workflowId).describe();
    await changeInGhl(accord.sandboxes, { id: lead.id, lastName: 'King' });
    await eventually(async () => {
      const now = await lead.handle.describe();
      expect(now.runId).not.toBe(runId);
      expect(now.searchAttributes).toMatchObject({ SyncStatus: ['Parked'], ParkedProviders: ['calltools'] });
      expect(await statusOf(accord, lead.contactId, 'calltools')).toBe('parked');
    });
    await mendKeys();
    await lead.handle.signal(retryNowSignal);
    await untilStatus(accord, lead.id, 'synced');
    // The read of the new name may end after the push.
    await eventually(async () => expect(await inDialer(accord, lead.phone)).toMatchObject([{ last_name: 'King' }]));
  });
});

describe('a lane that was parked for too long', () => {
  it('fails the workflow with SyncGaveUp, and the next change starts a new one', async () => {
    const accord = await open({ parkedRetry: 100, giveUp: 200 });
    await refuseDialerKey();
    const { id, phone } = await createLead(accord);
    const handle = accord.workflowOf(await eventually(() => accord.contactIdOf(id)));
    await eventually(() => handle.describe());
    const failure = await handle.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toMatchObject({
      type: 'SyncGaveUp',
      message: expect.stringMatching(
        /^pushRecord at calltools never succeeded: CallTools rejects our credentials .* \(AuthenticationError\)$/,
      ),
    });
    await mendKeys();
    await changeInGhl(accord.sandboxes, { id, lastName: 'King' });
    await untilStatus(accord, id, 'synced');
    expect(await inDialer(accord, phone)).toMatchObject([{ last_name: 'King' }]);
  });
});

describe('a change that its activity pushes at once', () => {
  async function openAtOnce(): Promise<Accord> {
    const accord = await startAccord({ sandboxes });
    opened.push(accord);
    aimWebhooks(sandboxes, accord.api.url);
    return accord;
  }

  it('needs no second activity, and lists the workflow by the record that it made', async () => {
    const accord = await openAtOnce();
    const lead = await unseenLead(accord);
    await lead.announce();
    await lead.handle.result();
    expect((await activitiesOf(lead.handle)).map(({ name }) => name)).toEqual(['observeRecord']);
    const [dialed] = await inDialer(accord, lead.phone);
    const { searchAttributes } = await lead.handle.describe();
    expect(searchAttributes.AccordExternalId).toEqual([`gohighlevel:${lead.id}`, `calltools:${dialed?.id}`]);
  });

  it('is left to the lane of a provider that refuses it, which parks', async () => {
    const accord = await openAtOnce();
    const lead = await parkedLead(accord);
    expect((await activitiesOf(lead.handle)).map(({ name }) => name)).toEqual(['observeRecord', 'pushRecord', 'recordParked']);
  });

  it('wakes the lane of a provider that is parked', async () => {
    const accord = await openAtOnce();
    const lead = await parkedLead(accord);
    await mendKeys();
    await changeInGhl(accord.sandboxes, { id: lead.id, lastName: 'King' });
    await lead.handle.result();
    expect(await inDialer(accord, lead.phone)).toMatchObject([{ last_name: 'King' }]);
    expect((await accord.syncState(lead.contactId)).lanes).toMatchObject([{ error: null }, { error: null }]);
  });
});

describe('activities', () => {
  it.each([
    ['live', priorities.live],
    ['poll', priorities.poll],
    ['bulk', priorities.bulk],
  ] as const)('of a %s change run with its priority, each on the queue of its provider', async (_name, priority) => {
    const accord = await open();
    const lead = await unseenLead(accord, priority);
    await lead.announce();
    await lead.handle.result();
    expect(await activitiesOf(lead.handle)).toEqual([
      { name: 'observeRecord', queue: `${accord.taskQueuePrefix}-gohighlevel`, priority },
      { name: 'pushRecord', queue: `${accord.taskQueuePrefix}-calltools`, priority },
    ]);
  });

  it('of a waiting change that becomes urgent run with the higher priority', async () => {
    const accord = await open({ passSpacing: [0, 1_500] });
    const lead = await unseenLead(accord, priorities.bulk);
    await slowNextRead();
    await lead.announce();
    await eventually(async () => expect(await activitiesOf(lead.handle)).toHaveLength(1));
    await lead.announce();
    const { handle, changed } = lead;
    await handle.signal('contactChanged', { ...changed, priority: priorities.live });
    await handle.result();
    const reads = (await activitiesOf(handle)).filter(({ name }) => name === 'observeRecord');
    expect(reads.map(({ priority }) => priority)).toEqual([priorities.bulk, priorities.live]);
  });
});
