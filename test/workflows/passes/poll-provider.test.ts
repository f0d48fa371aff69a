import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { moveImport } from '#contacts/imports/move-import.ts';
import { findImport, insertImport } from '#db/imports/imports.ts';
import { savePart } from '#db/imports/parts.ts';
import { listRuns } from '#db/sync/reconcile-runs.ts';
import { startImport } from '#temporal.ts';
import { type Accord, changeInGoogle, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextPhone } from '#test/setup/people.ts';
import { importWorkflowId, pollWorkflowId, reconcileWorkflowId } from '#workflows/ids.ts';
import type { PollProviderInput, PollProviderResult } from '#workflows/messages.ts';

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({ providers: ['google', 'square'], audiences: [], googleAccount: { pageSize: 20 } });
  await control(accord.sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
  const quotas = { criticalReadsPerMinute: 100_000, criticalWritesPerMinute: 100_000, fullSyncsPerMinute: 100_000 };
  await control(accord.sandboxes.google, 'PATCH', 'settings', { ...quotas, propagationDelayMs: 0, searchWarmUpMs: 0 });
  await poll();
});
afterAll(() => accord.close());

async function start() {
  const { taskQueuePrefix } = accord;
  return accord.temporal.workflow.start<(input: PollProviderInput) => Promise<PollProviderResult>>('pollProvider', {
    workflowId: pollWorkflowId(taskQueuePrefix, 'google'),
    taskQueue: taskQueuePrefix,
    args: [{ provider: 'google', taskQueuePrefix }],
  });
}

/** The names of the poll's activities, and the number of changed records. */
async function poll() {
  const handle = await start();
  const { changed, unreadable } = await handle.result();
  const { events } = await handle.fetchHistory();
  const scheduled = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: activity }) => activity ?? []);
  return {
    ...{ changed, unreadable },
    activities: scheduled.map(({ activityType }) => activityType?.name),
    priorities: scheduled.map(({ priority }) => priority?.priorityKey),
  };
}

const people = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    names: [{ givenName: `Ada ${at}`, familyName: 'Lovelace' }],
    phoneNumbers: [{ value: nextPhone() }],
  }));
const customers = () => recordsOf<{ phone_number: string }>(accord.sandboxes.square);
const atSquare = (phone: string) =>
  eventually(async () => expect((await customers()).filter((each) => each.phone_number === phone)).toHaveLength(1));

describe('pollProvider', () => {
  it('without changes is one activity', async () => {
    expect(await poll()).toEqual({ changed: 0, unreadable: 0, activities: ['pollChanges'], priorities: [3] });
  });

  it('signals the workflows of a few changed contacts, which sync the other providers', async () => {
    const [person] = people(1);
    await changeInGoogle(accord.sandboxes, { ...person });
    expect(await poll()).toMatchObject({ changed: 1, activities: ['pollChanges'] });
    await atSquare(person?.phoneNumbers[0]?.value as string);
  });

  it('pushes many changed contacts itself, page by page', async () => {
    const many = people(30);
    await control(accord.sandboxes.google, 'POST', 'records', { people: many });
    const { changed, activities } = await poll();
    expect(changed).toBe(30);
    expect(activities.filter((name) => name === 'pollChanges')).toHaveLength(2);
    expect(activities).toContain('pushBatch');
    for (const { phoneNumbers } of many) await atSquare(phoneNumbers[0]?.value as string);
  });

  it('counts the changed records that could not be read, over all pages', async () => {
    const many = people(21);
    await control(accord.sandboxes.google, 'POST', 'records', { people: many });
    const odd = { names: [{ givenName: { text: 'Ada' } }] };
    await control(accord.sandboxes.google, 'POST', 'faults', { path: '/v1/people/me/connections', record: { set: odd } });
    const { unreadable, activities } = await poll();
    expect([unreadable, activities.length]).toEqual([21, 2]);
    await control(accord.sandboxes.google, 'DELETE', 'faults');
  });

  it('continues after a page that failed for a while', async () => {
    const fault = { path: '/v1/people/me/connections', status: 503, body: 'down', times: 1 };
    await control(accord.sandboxes.google, 'POST', 'faults', fault);
    expect(await poll()).toMatchObject({ changed: 0, activities: ['pollChanges'] });
  });

  it('starts a full pass after an expired position, which may outlive it', async () => {
    await control(accord.sandboxes.google, 'POST', 'clock', { advanceMs: 8 * 24 * 3_600_000 });
    await poll();
    const { taskQueuePrefix, temporal, db } = accord;
    await temporal.workflow.getHandle(reconcileWorkflowId(taskQueuePrefix, 'google')).result();
    const [run] = await listRuns(db, { provider: 'google', limit: 1 });
    expect(run).toMatchObject({ trigger: 'expired-cursor', outcome: 'completed' });
    expect(await poll()).toMatchObject({ changed: 0, activities: ['pollChanges'] });
  });
});

describe('importContacts', () => {
  it('imports a file, and pushes its people to every provider in batches', async () => {
    const phones = Array.from({ length: 12 }, () => nextPhone());
    const lines = phones.map((phone, at) => `Imported${'abcdefghijkl'[at]} Personname${'lkjihgfedcba'[at]},${phone}\n`);
    const mapping = { columns: { Name: 'fullName', Phone: 'phone' } };
    const { id } = await insertImport(accord.db, {
      fileName: 'a.csv',
      region: 'US',
      mapping,
      isDryRun: false,
      actor: 'api-key:test',
    });
    await savePart(accord.db, { importId: id, number: 1, bytes: Buffer.from(`Name,Phone\n${lines.join('')}`) });
    await moveImport(accord.db, id, 'reading');
    const { taskQueuePrefix } = accord;
    await startImport(accord.temporal, { importId: id, taskQueuePrefix });
    await accord.temporal.workflow.getHandle(importWorkflowId(id)).result();
    expect(await findImport(accord.db, id)).toMatchObject({ state: 'completed', counts: { rows: 12, imported: { new: 12 } } });
    const atSquareNow = (await customers()).map(({ phone_number: phone }) => phone);
    expect(phones.filter((phone) => !atSquareNow.includes(phone))).toEqual([]);
  });
});
