import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { createDispatcher } from '#api/dispatch/dispatcher.ts';
import { createEventStore } from '#api/ingress/event-store.ts';
import { createMetrics } from '#api/monitoring/metrics.ts';
import { clearDirty } from '#db/contacts/dirty-links.ts';
import { takeLease } from '#db/contacts/leases.ts';
import { saveLink } from '#db/contacts/links.ts';
import { acceptEvent } from '#db/sync/inbox.ts';
import { ghlEvent, locationId, postEvent } from '#test/api/ingress/ghl-webhook.ts';
import { createTcpGate, type TcpGate } from '#test/api/tcp-gate.ts';
import { startTestApi, type TestApi, testTemporalAddress } from '#test/api/test-api.ts';
import { eventually } from '#test/setup/eventually.ts';
import { contactWorkflowId } from '#workflows/ids.ts';

const sweep = { everyMs: 100, olderThanSeconds: 0 };

describe('signals the workflow of a contact', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  it('after the webhook is answered', async () => {
    await postEvent(api, ghlEvent({ id: 'signalled' }));
    const { contactId, linkId } = await linkOf(api, 'signalled');
    expect(await eventually(() => signalsTo(api, contactId))).toEqual([
      {
        observe: [{ linkId, provider: 'gohighlevel' }],
        push: [],
        priority: 2,
        arrival: { at: expect.any(Number), traceparent: await traceOf(api, 'signalled') },
      },
    ]);
    await eventually(async () => expect((await linkOf(api, 'signalled')).signalled).toBe(true));
  });

  it('once for 200 events that arrive before it reads the record', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => postEvent(api, ghlEvent({ id: 'burst' }))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await eventually(async () => expect((await linkOf(api, 'burst')).signalled).toBe(true));
    expect(await signalsTo(api, (await linkOf(api, 'burst')).contactId)).toHaveLength(1);
    const rows = await api.db.selectFrom('inbox_event').select('id').where('external_id', '=', 'burst').execute();
    expect(rows).toHaveLength(200);
  });
});

describe('without Temporal', () => {
  let gate: TcpGate;
  let api: TestApi;
  beforeAll(async () => {
    const [host = '', port = ''] = testTemporalAddress().split(':');
    gate = await createTcpGate({ host, port: Number(port) });
    api = await startTestApi({ temporalAddress: `${gate.host}:${gate.port}`, sweep });
  });
  afterAll(async () => {
    await api.close();
    await gate.shut();
  });

  it('answers 200, reports Temporal as down at /readyz, and catches up when it is back', async () => {
    await gate.shut();
    expect((await postEvent(api, ghlEvent({ id: 'whileDown' }))).status).toBe(200);
    expect(await (await api.get('/readyz')).json()).toEqual({
      ...{ status: 'ready', database: 'up', temporal: 'down' },
      problems: [`Temporal does not answer at ${gate.host}:${gate.port}.`],
    });
    const { contactId, signalled } = await linkOf(api, 'whileDown');
    expect(signalled).toBe(false);

    await gate.open();
    const signals = await eventually(() => signalsTo(api, contactId));
    expect(signals.length).toBeGreaterThanOrEqual(1);
    // The sweeper has it from the database, as another process would.
    for (const signal of signals) expect(signal).toMatchObject({ arrival: { traceparent: await traceOf(api, 'whileDown') } });
    await eventually(async () => expect((await linkOf(api, 'whileDown')).signalled).toBe(true));
  });

  it('queues a limited number of changes and refuses the rest', async () => {
    await gate.shut();
    const { db, temporal, taskQueuePrefix } = api;
    const options = { db, temporal, taskQueuePrefix, metrics: createMetrics({ db }), log: pino({ level: 'silent' }) };
    const dispatcher = createDispatcher({ ...options, concurrency: 1, capacity: 2 });
    const offers = Array.from({ length: 4 }, () =>
      dispatcher.offer({ contactId: randomUUID(), linkId: randomUUID(), provider: 'x', changedAt: new Date() }),
    );
    expect(offers).toEqual([true, true, true, false]);
    await gate.open();
    await dispatcher.drain(10_000);
  });
});

describe('a webhook that overtakes the answer to our own write', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ sweep: { everyMs: 60_000 } });
  });
  afterAll(() => api.close());

  /** The change that a webhook announced with version 2 of a record that Accord writes to. */
  async function announced(externalId: string) {
    const arrival = { provider: 'square', type: 'customer.updated', accountId: 'shop', externalId, scheme: 'hmac' };
    const event = { ...arrival, eventId: randomUUID(), payload: '{}', headers: {}, occurredAt: null, receivedAt: new Date() };
    const { linkId, contactId } = await acceptEvent(api.db, event);
    await clearDirty(api.db, linkId);
    await saveLink(api.db, linkId, { state: 'linked', version: '1' });
    await takeLease(api.db, linkId, 'a push', 60);
    // The dispatcher's patience begins here.
    const changedAt = new Date();
    const announcement = { ...event, eventId: randomUUID(), version: '2', receivedAt: changedAt };
    expect(await acceptEvent(api.db, announcement)).toMatchObject({ newlyDirty: true });
    return { linkId, contactId, provider: 'square', changedAt, isVersionNamed: true };
  }

  function startDispatcher() {
    const { db, temporal, taskQueuePrefix } = api;
    return createDispatcher({ db, temporal, taskQueuePrefix, metrics: createMetrics({ db }), log: pino({ level: 'silent' }) });
  }

  const endWrite = (linkId: string, version: string) =>
    saveLink(api.db, linkId, { version, lease_owner: null, lease_until: null });
  const isDirty = async (linkId: string) =>
    (await api.db.selectFrom('link').select('changed_at').where('id', '=', linkId).executeTakeFirstOrThrow()).changed_at !== null;

  it('signals nothing, once the answer has named its version', async () => {
    const change = await announced('ours');
    const dispatcher = startDispatcher();
    dispatcher.offer(change);
    await endWrite(change.linkId, '2');
    await eventually(async () => expect(await isDirty(change.linkId)).toBe(false));
    await dispatcher.drain(5_000);
    await expect(signalsTo(api, change.contactId)).rejects.toThrow(/not found/i);
  });

  it('signals the change when the answer names an older version, as somebody else made it', async () => {
    const change = await announced('theirs');
    const dispatcher = startDispatcher();
    dispatcher.offer(change);
    await endWrite(change.linkId, '1');
    expect(await eventually(() => signalsTo(api, change.contactId))).toHaveLength(1);
    await dispatcher.drain(5_000);
  });

  it('signals the change when the vendor takes long to answer', async () => {
    const change = await announced('slow');
    const dispatcher = startDispatcher();
    dispatcher.offer({ ...change, changedAt: new Date(Date.now() - 3_000) });
    expect(await eventually(() => signalsTo(api, change.contactId))).toHaveLength(1);
    await dispatcher.drain(5_000);
  });
});

it('sweeps changes of a process that died before it signalled them', async () => {
  const api = await startTestApi({ sweep });
  const { contactId } = await acceptEvent(api.db, {
    provider: 'gohighlevel',
    eventId: randomUUID(),
    type: 'ContactUpdate',
    accountId: locationId,
    externalId: `orphan${randomBytes(4).toString('hex')}`,
    scheme: 'ed25519',
    payload: '{}',
    headers: {},
    occurredAt: null,
    receivedAt: new Date(Date.now() - 60_000),
  });
  const signals = await eventually(() => signalsTo(api, contactId));
  expect(signals.length).toBeGreaterThanOrEqual(1);
  await api.close();
});

it('answers with the status that makes the vendor retry while PostgreSQL is down', async () => {
  const real = new URL(process.env.ACCORD_TEST_DATABASE_URL as string);
  const gate = await createTcpGate({ host: real.hostname, port: Number(real.port) });
  const api = await startTestApi({ databaseUrl: (url) => url.replace(real.host, `${gate.host}:${gate.port}`) });
  const event = ghlEvent({ id: 'databaseDown' });
  expect((await postEvent(api, ghlEvent())).status).toBe(200);

  await gate.shut();
  const refused = await postEvent(api, event);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  expect(refused.headers.get('content-type')).toMatch('application/problem+json');
  expect((await api.get('/readyz')).status).toBe(503);
  expect((await api.get('/webhooks/health')).status).toBe(503);
  expect((await api.get('/sync/stats')).status).toBe(503);

  await gate.open();
  const accepted = await eventually(async () => {
    const response = await postEvent(api, event);
    expect(response.status).toBe(200);
    return response;
  });
  expect(await accepted.json()).toEqual({ status: 'queued' });
  await api.close();
  await gate.shut();
});

it('makes the vendor retry when PostgreSQL takes too long', async () => {
  const api = await startTestApi();
  await api.db.transaction().execute(async (tx) => {
    await sql`lock table inbox_event in access exclusive mode`.execute(tx);
    expect((await postEvent(api)).status).toBe(429);
  });
  expect((await postEvent(api)).status).toBe(200);
  await api.close();
});

it('stores the other events of a batch with an event that PostgreSQL rejects', async () => {
  const api = await startTestApi();
  const store = createEventStore(api.db);
  const arrival = (externalId: string, eventId: string) => ({
    ...{ provider: 'gohighlevel', eventId, type: 'ContactUpdate', accountId: locationId, externalId },
    ...{ scheme: 'ed25519', payload: '{}', headers: {}, occurredAt: null, receivedAt: new Date() },
  });
  const neighbours = Array.from({ length: 40 }, (_, n) => arrival(`neighbour${n}`, `known${n}`));
  const impossible = arrival('impossible', 'a NUL\u0000');
  const stored = await Promise.allSettled([...neighbours, impossible, ...neighbours].map((event) => store.accept(event)));
  const fulfilled = neighbours.map(() => 'fulfilled');
  expect(stored.map(({ status }) => status)).toEqual([...fulfilled, 'rejected', ...fulfilled]);
  const rows = await api.db.selectFrom('inbox_event').select('external_id').distinct().execute();
  expect(rows).toHaveLength(40);
  await api.close();
});

/** The trace context that the inbox has of the event about a record. */
async function traceOf(api: TestApi, externalId: string): Promise<string> {
  const { headers } = await api.db
    .selectFrom('inbox_event')
    .select('headers')
    .where('external_id', '=', externalId)
    .executeTakeFirstOrThrow();
  expect(headers.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
  return String(headers.traceparent);
}

async function linkOf({ db }: TestApi, externalId: string): Promise<{ linkId: string; contactId: string; signalled: boolean }> {
  const { id, contact_id, signalled_at } = await db
    .selectFrom('link')
    .select(['id', 'contact_id', 'signalled_at'])
    .where('external_id', '=', externalId)
    .executeTakeFirstOrThrow();
  return { linkId: id, contactId: contact_id, signalled: signalled_at !== null };
}

/** The signals to the contact's workflow, in order. No worker runs, so none is consumed. */
async function signalsTo({ temporal }: TestApi, contactId: string): Promise<unknown[]> {
  const { events = [] } = await temporal.workflow.getHandle(contactWorkflowId(contactId)).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    (signal?.input?.payloads ?? []).map(({ data }) => JSON.parse(Buffer.from(data as Uint8Array).toString())),
  );
}
