import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEndpoint } from '#db/delivery/endpoints.ts';
import { endpointSettings } from '#test/db/delivery/delivery-rows.ts';
import { control } from '#test/setup/accord.ts';
import { createEmptyDatabase, type TestDatabase } from '#test/setup/database.ts';
import { eventually } from '#test/setup/eventually.ts';
import { startPass } from '#test/setup/passes.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { type Installation, openInstallation } from './installation.ts';
import { createPeople, report, startLoad, untilFurther } from './load.ts';
import { buildOlder, findOlderCommit, type OlderBuild } from './older-build.ts';
import { expectDelivered, expectSettled } from './settled.ts';

/** The newest changed step of a workflow. The build before it must keep every promise itself: a still older one made doubles. */
const patch = 'one-pass-at-a-time';
const commit = await findOlderCommit(patch);
if (!commit) console.warn('SKIPPED: the history of git has no older build.');

(commit ? describe : describe.skip)('an older build and this one', () => {
  let database: TestDatabase;
  let older: OlderBuild;
  let installation: Installation;
  let receiver: Receiver;
  let stopLoad = async () => {};
  beforeAll(async () => {
    [database, older, receiver] = await Promise.all([createEmptyDatabase(), buildOlder(String(commit)), startReceiver()]);
    installation = await openInstallation({ databaseUrl: database.url });
    await installation.run(['migrate'], older.root);
    const { apis, workers } = installation;
    await Promise.all([...apis, ...workers].map((each) => each.start(older.root)));
  }, 600_000);
  afterAll(async () => {
    await stopLoad().catch(() => {});
    await installation?.close();
    await receiver?.close();
    await older?.remove();
    await database?.drop();
  });

  it('are exchanged under load, and back, without loss and doubles; open workflows go on', async () => {
    const { apis, workers, db } = installation;
    const load = startLoad(installation, await createPeople(installation, 24));
    stopLoad = load.stop;
    await eventually(() => expect(load.steps()).toBeGreaterThanOrEqual(60), 120_000);

    // Migrations run while the older build works. Then one process after the other, old and new side by side for a while.
    await installation.run(['migrate']);
    await createEndpoint(db, testEncryptionKey, { ...endpointSettings, retry_schedule: [1, 1, 5], url: receiver.url });
    for (const slot of [workers[0], apis[0], workers[1], apis[1]]) {
      await slot.stop();
      await slot.start();
      await untilFurther(load, receiver, 40);
    }

    // A pass of a schedule that has passed the changed step, and stays open: Square lists nothing. Only passes list at Square.
    const { square } = installation.sandboxes;
    const listing = { method: 'GET', path: '/v2/customers', status: 503 };
    const fault = await control<{ id: number }>(square, 'POST', 'faults', listing);
    const pass = await startPass(installation, 'square');
    await eventually(async () => expect(await listChildren(pass)).toHaveLength(1), 90_000);

    // Rollback: the older build on the newer schema.
    for (const slot of [workers[0], apis[0], workers[1], apis[1]]) {
      await slot.stop();
      await slot.start(older.root);
    }
    await untilFurther(load, receiver, 30);
    await pass.signal('resumePass');
    await eventually(async () => expect(await listTaskFailures(pass)).toContainEqual(expect.stringContaining(patch)), 120_000);
    expect((await pass.describe()).status.name).toBe('RUNNING');

    // Forward again: it goes on where it was.
    for (const slot of [...workers, ...apis]) {
      await slot.stop();
      await slot.start();
    }
    await control(square, 'DELETE', `faults/${fault.id}`);
    expect(await pass.result()).toMatchObject({ runId: expect.any(String) });
    await untilFurther(load, receiver, 40);
    await load.stop();
    await expectSettled(installation, load.people);
    await expectDelivered(installation, receiver, load.people, { endpoints: 1, isFromTheStart: false });
    report(load, receiver);
  }, 1_800_000);
});

type Pass = Awaited<ReturnType<typeof startPass>>;

async function listChildren(pass: Pass): Promise<string[]> {
  const { events } = await pass.fetchHistory();
  return (events ?? []).flatMap(
    ({ childWorkflowExecutionStartedEventAttributes: started }) => started?.workflowExecution?.workflowId ?? [],
  );
}

async function listTaskFailures(pass: Pass): Promise<string[]> {
  const { events } = await pass.fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []);
}
