import { randomUUIDv7 } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { pollChanges } from '#activities/passes/poll-changes.ts';
import { claimLink } from '#db/contacts/links.ts';
import { setAccountMode } from '#db/sync/account-modes.ts';
import { insertGoLiveRun, listGoLiveRuns, startUndo } from '#db/sync/go-live-runs.ts';
import type { AccountMode } from '#domain/account-mode.ts';
import { emptyFields } from '#domain/contact.ts';
import type { ContactChanged } from '#domain/sync/contact-changed.ts';
import { priorities } from '#domain/sync/priority.ts';
import { signalContactChanged, startConfirmation } from '#temporal.ts';
import { type Accord, type AccordOptions, changeInGhl, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import globalSetup from '#test/setup/global-setup.ts';
import globalTeardown from '#test/setup/global-teardown.ts';
import {
  confirmationWorkflowId,
  goLiveWorkflowId,
  pollWorkflowId,
  reconcileWorkflowId,
  reviewWorkflowId,
  undoGoLiveWorkflowId,
} from '#workflows/ids.ts';
import { retryNowSignal, syncNowUpdate } from '#workflows/messages.ts';
import { deliveryRecordings } from './recorded-deliveries.ts';
import { erasureRecordings } from './recorded-erasures.ts';
import { importRecordings } from './recorded-imports.ts';
import { recordedPeople } from './recorded-people.ts';
import { chainOf, type Recording, type Run } from './recording.ts';

/**
 * `npm run record:histories`: runs the workflows on the real server and the real sandboxes, one branch after the other, and keeps
 * their histories for `replay.test.ts`. Run it when a workflow changed on purpose, behind `patched()` where runs of the old code
 * may still be open; the old histories then stay beside the new ones, under names of their own. With names behind it
 * (`-- poll-changes`) it records just those, and leaves all others as they are.
 */
const directory = new URL('../histories/', import.meta.url);

const hub: AccordOptions = { providers: ['gohighlevel', 'calltools', 'square'], goneAfterSeconds: 600 };
const polled: AccordOptions = { providers: ['google', 'square'], audiences: [] };

const recordings: Recording[] = [
  { name: 'happy-pass', record: async (accord) => [await finished(accord, await newLead(accord))] },
  { name: 'listed-by-records', record: async (accord) => [await finished(accord, await newLead(accord))] },
  { name: 'pushed-at-once', record: async (accord) => [await finished(accord, await newLead(accord))] },
  { name: 'burst', record: burst },
  { name: 'park-and-retry-now', record: parkAndRetryNow },
  { name: 'parked-wakes-by-itself', options: { timing: { parkedRetry: 500 } }, record: parkedWakesByItself },
  { name: 'gave-up', options: { timing: { parkedRetry: 200, giveUp: 300 } }, record: gaveUp },
  { name: 'continue-as-new', options: { timing: { passesPerRun: 2, passSpacing: [0] } }, record: continueAsNew },
  { name: 'customer-excluded', record: customerExcluded },
  { name: 'sync-now', record: syncNow },
  { name: 'reconcile-first-import', options: { gohighlevelAccount: { pageSize: 20 } }, record: reconcileFirstImport },
  { name: 'reconcile-few-drifted', record: reconcileFewDrifted },
  { name: 'reconcile-failed', record: reconcileFailed },
  { name: 'reconcile-scheduled', record: reconcileScheduled },
  { name: 'reconcile-paused', record: reconcilePaused },
  { name: 'missing-waits', options: hub, record: missingWaits },
  { name: 'missing-then-gone', options: { ...hub, goneAfterSeconds: 2 }, record: missingThenGone },
  {
    name: 'missing-continued',
    options: { ...hub, goneAfterSeconds: 5, timing: { passesPerRun: 2, passSpacing: [0] } },
    record: missingContinued,
  },
  { name: 'poll-few', options: polled, record: async (accord) => [await pollAfter(accord, 1)] },
  { name: 'poll-many', options: polled, record: async (accord) => [await pollAfter(accord, 15)] },
  { name: 'poll-expired', options: polled, record: pollExpired },
  { name: 'reconcile-place-everybody', options: polled, record: placeEverybody },
  { name: 'confirmation', options: { providers: ['gohighlevel', 'webform'] }, record: confirmation },
  { name: 'go-live', options: { ...polled, accountMode: 'observe' }, record: async (accord) => [await goLive(accord, 'live')] },
  {
    name: 'go-live-paused',
    options: { ...polled, accountMode: 'observe' },
    record: async (accord) => [await goLive(accord, 'paused')],
  },
  { name: 'go-live-refused', options: { ...polled, accountMode: 'observe' }, record: refusedGoLive },
  { name: 'go-live-undone', options: { ...polled, accountMode: 'observe' }, record: undoGoLive },
  { name: 'review', options: polled, record: review },
  ...deliveryRecordings,
  ...importRecordings,
  ...erasureRecordings,
];

const wanted = process.argv.slice(2);

await globalSetup();
try {
  await mkdir(directory, { recursive: true });
  for (const recording of recordings) if (wanted.length === 0 || wanted.includes(recording.name)) await keep(recording);
} finally {
  await globalTeardown();
}
// The Temporal runtime keeps a thread of its own alive.
process.exit(0);

async function keep({ name, options, record }: Recording): Promise<void> {
  const accord = await startAccord({ ...options });
  try {
    const runs = await record(accord);
    for (const [index, { workflowId, runId }] of runs.entries()) {
      const history = await accord.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      const file = runs.length === 1 ? `${name}.json` : `${name}-${index + 1}.json`;
      await writeFile(new URL(file, directory), `${JSON.stringify({ workflowId, history }, withoutPlace, 1)}\n`);
      console.log(`${file}: ${history.events?.length} events`);
    }
  } finally {
    await accord.close();
  }
}

/** Removes the machine and folder of the recording, which a replay does not need. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === 'identity' || key === 'stackTrace' ? '' : value;
}

async function burst(accord: Accord): Promise<Run[]> {
  // Each read is slow enough for more of the burst to arrive during it.
  await control(accord.sandboxes.gohighlevel, 'POST', 'faults', { method: 'GET', path: '/contacts/*', latencyMs: 400, times: 2 });
  const id = await newLead(accord);
  for (let wave = 0; wave < 2; wave += 1) {
    await readUnderWay(accord, id);
    for (let index = 0; index < 10; index += 1)
      await changeInGhl(accord.sandboxes, { id, website: `https://example.com/${index}` });
  }
  return [await finished(accord, id)];
}

async function parkAndRetryNow(accord: Accord): Promise<Run[]> {
  const mend = await refuseKey(accord);
  const id = await newLead(accord);
  await parked(accord, id);
  await mend();
  await (await handleOf(accord, id)).signal(retryNowSignal);
  return [await finished(accord, id)];
}

async function parkedWakesByItself(accord: Accord): Promise<Run[]> {
  const mend = await refuseKey(accord);
  const id = await newLead(accord);
  await parked(accord, id);
  await mend();
  return [await finished(accord, id)];
}

async function gaveUp(accord: Accord): Promise<Run[]> {
  await refuseKey(accord);
  const handle = await handleOf(accord, await newLead(accord));
  await handle.result().catch(() => {});
  return [{ workflowId: handle.workflowId, runId: (await handle.describe()).runId }];
}

/** Without an email: the workflow makes the same calls. */
async function confirmation({ temporal, taskQueuePrefix }: Accord): Promise<Run[]> {
  const submissionId = '0199a0a0-0000-7000-8000-00000000c0de';
  await startConfirmation(temporal, { submissionId, taskQueuePrefix });
  const workflowId = confirmationWorkflowId(submissionId);
  await temporal.workflow.getHandle(workflowId).result();
  return [{ workflowId, runId: (await temporal.workflow.getHandle(workflowId).describe()).runId }];
}

/** Continue-as-new carries lanes that are parked, woken or have work. */
async function continueAsNew(accord: Accord): Promise<Run[]> {
  const mend = await refuseKey(accord);
  const id = await newLead(accord);
  await parked(accord, id);
  await changeInGhl(accord.sandboxes, { id, website: 'https://example.com' });
  const handle = await handleOf(accord, id);
  await mend();
  await handle.signal(retryNowSignal);
  return chainOf(accord, await finished(accord, id));
}

async function customerExcluded(accord: Accord): Promise<Run[]> {
  const id = await newLead(accord);
  await finished(accord, id);
  const first = (await (await handleOf(accord, id)).describe()).runId;
  await changeInGhl(accord.sandboxes, { id, addTags: ['customer'] });
  await eventually(async () => {
    if ((await (await handleOf(accord, id)).describe()).runId === first) throw new Error('No second run yet');
  });
  return [await finished(accord, id)];
}

async function syncNow(accord: Accord): Promise<Run[]> {
  const id = await newLead(accord, { webhooks: false });
  const { contact_id: contactId, id: linkId } = await claimLink(accord.db, {
    provider: 'gohighlevel',
    accountId: accord.clients.gohighlevel.accountId,
    externalId: id,
  });
  const changed: ContactChanged = {
    observe: [{ linkId, provider: 'gohighlevel' }],
    push: ['calltools'],
    priority: priorities.live,
  };
  const { taskQueuePrefix, timing } = accord;
  // A slow worker keeps the workflow working: an empty push would end before the update arrives.
  await control(accord.sandboxes.gohighlevel, 'POST', 'faults', { method: 'GET', path: '/contacts/*', latencyMs: 400, times: 1 });
  await signalContactChanged(accord.temporal, { contactId, changed: { ...changed, push: [] }, taskQueuePrefix, timing });
  await accord.workflowOf(contactId).executeUpdate(syncNowUpdate, { args: [changed] });
  return [await finished(accord, id)];
}

async function reconcileFirstImport(accord: Accord): Promise<Run[]> {
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0, allowDuplicateContact: true });
  const [person] = recordedPeople;
  const crowd = Array.from({ length: 30 }, (_, index) => ({
    ...person,
    email: `z${index}@quillfeather.example`,
    phone: `+151255501${10 + index}`,
  }));
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', {
    contacts: crowd.map((each) => ({ ...each, tags: ['cold lead'] })),
    webhooks: false,
  });
  return [await reconcile(accord)];
}

async function reconcileFewDrifted(accord: Accord): Promise<Run[]> {
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
  const id = await newLead(accord);
  await finished(accord, id);
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts: [{ id, firstName: 'Thaddeus' }], webhooks: false });
  return [await reconcile(accord)];
}

async function reconcileFailed(accord: Accord): Promise<Run[]> {
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { token: 'another' });
  return [await reconcile(accord)];
}

/** A lead whose record has just vanished from Square, and whose lane there waits. */
async function vanished(accord: Accord): Promise<{ id: string; contactId: string }> {
  const id = await newLead(accord);
  const [customer, contactId] = await eventually(async () => {
    const links = await accord.db
      .selectFrom('link')
      .selectAll()
      .where('contact_id', '=', await accord.contactIdOf(id))
      .execute();
    const linked = links.filter(({ state, external_id }) => state === 'linked' && external_id !== null);
    const found = linked.find(({ provider }) => provider === 'square');
    if (!found || linked.length < 3) throw new Error('Not all have the lead yet');
    return [found.external_id, found.contact_id] as const;
  });
  await finished(accord, id);
  await control(accord.sandboxes.square, 'POST', 'records', { delete: [customer] });
  await eventually(async () => {
    const { lanes } = await accord.syncState(contactId);
    if (!lanes.some(({ status }) => status === 'waiting')) throw new Error('Nothing waits yet');
  });
  return { id, contactId };
}

/** The workflow is signalled again while it waits, and for another lane. It does not end: the record is read again after ten minutes. */
async function missingWaits(accord: Accord): Promise<Run[]> {
  const { id, contactId } = await vanished(accord);
  const handle = accord.workflowOf(contactId);
  await changeInGhl(accord.sandboxes, { id, website: 'https://example.com' });
  await handle.executeUpdate(syncNowUpdate, { args: [{ observe: [], push: ['calltools'], priority: priorities.live }] });
  return [{ workflowId: handle.workflowId, runId: (await handle.describe()).runId }];
}

async function missingThenGone(accord: Accord): Promise<Run[]> {
  return [await finished(accord, (await vanished(accord)).id)];
}

async function missingContinued(accord: Accord): Promise<Run[]> {
  const { id } = await vanished(accord);
  for (const path of ['one', 'two']) await changeInGhl(accord.sandboxes, { id, website: `https://example.com/${path}` });
  return chainOf(accord, await finished(accord, id));
}

/** New people at Google. */
async function newPeople({ sandboxes: { google } }: Accord, count: number): Promise<void> {
  const [{ firstName, lastName }] = recordedPeople as [(typeof recordedPeople)[number]];
  const people = Array.from({ length: count }, (_, index) => ({
    names: [{ givenName: firstName, familyName: lastName }],
    emailAddresses: [{ value: `z${index}@quillfeather.example` }],
  }));
  await control(google, 'PATCH', 'settings', { propagationDelayMs: 0, searchWarmUpMs: 0 });
  await control(google, 'POST', 'records', { people });
}

async function pollAfter(accord: Accord, count: number): Promise<Run> {
  await poll(accord);
  await newPeople(accord, count);
  return poll(accord);
}

async function pollExpired(accord: Accord): Promise<Run[]> {
  await pollAfter(accord, 1);
  await control(accord.sandboxes.google, 'POST', 'clock', { advanceMs: 8 * 24 * 3_600_000 });
  const run = await poll(accord);
  await accord.temporal.workflow.getHandle(reconcileWorkflowId(accord.taskQueuePrefix, 'google')).result();
  return [run];
}

/** A pass over another provider pushes the contacts that a poll observed and did not push. */
async function placeEverybody(accord: Accord): Promise<Run[]> {
  await newPeople(accord, 15);
  await pollChanges(accord.deps, { provider: 'google', position: null, cause: 'recording' }, {}, () => {});
  return [await reconcile(accord, 'square')];
}

/** Goes live when people were read and nothing was written. `paused`: somebody paused the account before the first batch. */
async function goLive(accord: Accord, mode: AccountMode): Promise<Run> {
  const provider = 'square';
  const { db, deps, temporal, taskQueuePrefix } = accord;
  await newPeople(accord, 15);
  await pollChanges(deps, { provider: 'google', position: null, cause: 'recording' }, {}, () => {});
  await setAccountMode(db, provider, mode);
  const { id: runId } = await insertGoLiveRun(db, { provider, limit: null, actor: 'recording' });
  const handle = await temporal.workflow.start('goLive', {
    workflowId: goLiveWorkflowId(taskQueuePrefix, provider),
    taskQueue: taskQueuePrefix,
    args: [{ runId, provider, taskQueuePrefix }],
  });
  // A refused run fails, and its history is wanted all the same.
  await handle.result().catch(() => {});
  return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
}

/** The vendor refuses our credentials in the middle of the run. */
async function refusedGoLive(accord: Accord): Promise<Run[]> {
  const body = { errors: [{ category: 'AUTHENTICATION_ERROR', code: 'UNAUTHORIZED' }] };
  await control(accord.sandboxes.square, 'POST', 'faults', { method: 'POST', path: '/v2/customers/**', status: 401, body });
  return [await goLive(accord, 'live')];
}

async function undoGoLive(accord: Accord): Promise<Run[]> {
  const provider = 'square';
  const { db, temporal, taskQueuePrefix } = accord;
  await goLive(accord, 'live');
  const runIds = (await listGoLiveRuns(db, { provider, limit: 1 })).map(({ id }) => id);
  await setAccountMode(db, provider, 'observe');
  await startUndo(db, runIds, 'recording');
  const handle = await temporal.workflow.start('undoGoLive', {
    workflowId: undoGoLiveWorkflowId(taskQueuePrefix, provider),
    taskQueue: taskQueuePrefix,
    args: [{ runIds, provider, taskQueuePrefix }],
  });
  await handle.result();
  return [{ workflowId: handle.workflowId, runId: handle.firstExecutionRunId }];
}

/** Two pages of contacts. */
async function review({ db, temporal, taskQueuePrefix }: Accord): Promise<Run[]> {
  const contacts = Array.from({ length: 201 }, () => ({ id: randomUUIDv7(), fields: JSON.stringify(emptyFields), revision: 1 }));
  await db.insertInto('contact').values(contacts).execute();
  const workflowId = reviewWorkflowId(taskQueuePrefix);
  const handle = await temporal.workflow.start('reviewMatches', { workflowId, taskQueue: taskQueuePrefix, args: [{}] });
  await handle.result();
  return [{ workflowId, runId: handle.firstExecutionRunId }];
}

async function poll({ temporal, taskQueuePrefix }: Accord): Promise<Run> {
  const handle = await temporal.workflow.start('pollProvider', {
    workflowId: pollWorkflowId(taskQueuePrefix, 'google'),
    taskQueue: taskQueuePrefix,
    args: [{ provider: 'google', taskQueuePrefix }],
  });
  await handle.result();
  return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
}

/** As a schedule starts it, with the time in its id. */
async function reconcileScheduled(accord: Accord): Promise<Run[]> {
  const workflowId = `${reconcileWorkflowId(accord.taskQueuePrefix, 'gohighlevel')}-2026-11-29T02:00:00Z`;
  return [await reconcile(accord, 'gohighlevel', { workflowId })];
}

async function reconcilePaused(accord: Accord): Promise<Run[]> {
  await newLead(accord, { webhooks: false });
  return [await reconcile(accord, 'gohighlevel', { signals: ['pausePass', 'resumePass'] })];
}

async function reconcile(
  accord: Accord,
  provider = 'gohighlevel',
  {
    workflowId = reconcileWorkflowId(accord.taskQueuePrefix, provider),
    signals = [],
  }: { workflowId?: string; signals?: string[] } = {},
): Promise<Run> {
  const { taskQueuePrefix } = accord;
  const handle = await accord.temporal.workflow.start('reconcileProvider', {
    workflowId,
    taskQueue: taskQueuePrefix,
    args: [{ provider, trigger: 'api', taskQueuePrefix }],
  });
  for (const signal of signals) await handle.signal(signal);
  await handle.result().catch(() => {});
  return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
}

async function newLead(accord: Accord, { webhooks = true } = {}): Promise<string> {
  const contact = { ...recordedPeople[0], tags: ['cold lead'] };
  const { contacts } = await control<{ contacts: string[] }>(accord.sandboxes.gohighlevel, 'POST', 'records', {
    contacts: [contact],
    webhooks,
  });
  return contacts[0] as string;
}

/** Makes the dialer refuse our key. Returns a function that accepts it again. */
async function refuseKey({ sandboxes: { calltools } }: Accord): Promise<() => Promise<unknown>> {
  const { tokens } = calltools.settings.current;
  await control(calltools, 'PATCH', 'settings', { tokens: { another: [] } });
  return () => control(calltools, 'PATCH', 'settings', { tokens });
}

function handleOf(accord: Accord, ghlId: string) {
  return eventually(async () => {
    const handle = accord.workflowOf(await accord.contactIdOf(ghlId));
    await handle.describe();
    return handle;
  });
}

async function parked(accord: Accord, ghlId: string): Promise<void> {
  const contactId = await eventually(() => accord.contactIdOf(ghlId));
  await eventually(async () => {
    const { lanes } = await accord.syncState(contactId);
    if (!lanes.some(({ status }) => status === 'parked')) throw new Error('Nothing is parked yet');
  });
}

/** The dirty mark is cleared just before the record is read. */
function readUnderWay({ db }: Accord, ghlId: string): Promise<unknown> {
  return eventually(async () => {
    const link = await db.selectFrom('link').select('changed_at').where('external_id', '=', ghlId).executeTakeFirstOrThrow();
    if (link.changed_at !== null) throw new Error('Nothing is being read yet');
  });
}

async function finished(accord: Accord, ghlId: string): Promise<Run> {
  const handle = await handleOf(accord, ghlId);
  await handle.result();
  const { runId } = await handle.describe();
  return { workflowId: handle.workflowId, runId };
}
