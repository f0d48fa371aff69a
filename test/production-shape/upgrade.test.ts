import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEndpoint } from '#db/delivery/endpoints.ts';
import { endpointSettings } from '#test/db/delivery/delivery-rows.ts';
import { control } from '#test/setup/accord.ts';
import { createEmptyDatabase, type TestDatabase } from '#test/setup/database.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { type Installation, openInstallation } from './installation.ts';
import { createPeople, startLoad, untilFurther } from './load.ts';
import { buildOlder, findOlderCommit, type OlderBuild } from './older-build.ts';
import { expectDelivered, expectSettled, listWrong, untilQuiet } from './settled.ts';

const commit = await findOlderCommit('external-ids');
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

    // A contact that has passed the changed step, and stays open.
    const fault = await control<{ id: number }>(installation.sandboxes.calltools, 'POST', 'faults', {
      path: '/api/**',
      status: 401,
    });
    const phone = nextPhone();
    const parked = { givenName: 'Ada', familyName: nextFamilyName(), email: `parked.${phone.slice(-6)}@example.com` };
    const edit = { ...parked, phone, tags: ['cold lead'] };
    const { ids } = await control<{ ids: string[] }>(installation.sandboxes.gohighlevel, 'POST', 'people', { people: [edit] });
    const person = { ...parked, home: 'gohighlevel' as const, id: String(ids[0]), isLead: true };
    const parkedId = await eventually(async () => {
      const row = await db
        .selectFrom('contact')
        .innerJoin('link', 'link.contact_id', 'contact.id')
        .select('contact.id')
        .where('link.external_id', '=', person.id)
        .where('contact.sync_status', '=', 'failed')
        .executeTakeFirstOrThrow();
      return row.id;
    }, 90_000);
    const workflow = installation.temporal.workflow.getHandle(`contact/${parkedId}`);

    // Rollback: the older build on the newer schema.
    for (const slot of [workers[0], apis[0], workers[1], apis[1]]) {
      await slot.stop();
      await slot.start(older.root);
    }
    await untilFurther(load, receiver, 30);
    await control(installation.sandboxes.calltools, 'DELETE', `faults/${fault.id}`);
    await workflow.signal('retryNow');
    await eventually(
      async () => expect(await listTaskFailures(workflow)).toContainEqual(expect.stringContaining('external-ids')),
      90_000,
    );
    expect((await workflow.describe()).status.name).toBe('RUNNING');

    // Forward again: it goes on where it was.
    for (const slot of [...workers, ...apis]) {
      await slot.stop();
      await slot.start();
    }
    await untilFurther(load, receiver, 40);
    await load.stop();
    const people = [...load.people, person];
    await eventually(async () => expect(await listWrong(installation, people)).toEqual([]), 600_000);
    await untilQuiet(installation);
    await expectSettled(installation, people);
    await expectDelivered(installation, receiver, people, { endpoints: 1, isFromTheStart: false });
  }, 1_800_000);
});

async function listTaskFailures(workflow: ReturnType<Installation['temporal']['workflow']['getHandle']>): Promise<string[]> {
  const { events } = await workflow.fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []);
}
