import { afterAll, beforeAll, it } from '@jest/globals';
import { createEndpoint } from '#db/delivery/endpoints.ts';
import { endpointSettings } from '#test/db/delivery/delivery-rows.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { type Installation, openInstallation, restartRolling } from './installation.ts';
import { createPeople, report, startLoad, untilFurther } from './load.ts';
import { expectDelivered, expectSettled } from './settled.ts';

/** The Temporal server on PostgreSQL, which is started again when it ends; 0 for a dev server, which keeps nothing. */
const temporalPid = Number(process.env.ACCORD_TEST_TEMPORAL_PID ?? 0);

let installation: Installation;
let receiver: Receiver;
let stopLoad = async () => {};
beforeAll(async () => {
  installation = await openInstallation();
  receiver = await startReceiver();
  const webhook = { ...endpointSettings, retry_schedule: [1, 1, 1, 5, 10], max_retries: 5, url: receiver.url };
  for (let count = 0; count < 2; count += 1) await createEndpoint(installation.db, testEncryptionKey, webhook);
  const { apis, workers } = installation;
  await Promise.all([...apis, ...workers].map((each) => each.start()));
}, 120_000);
afterAll(async () => {
  await stopLoad().catch(() => {});
  await installation.close();
  await receiver.close();
});

it('loses and doubles nothing while processes are killed and restarted under load', async () => {
  const { apis, workers } = installation;
  const load = startLoad(installation, await createPeople(installation, 30));
  stopLoad = load.stop;
  await untilFurther(load, receiver, 40);

  await workers[0].kill();
  await untilFurther(load, receiver, 40);
  await workers[0].start();
  await apis[0].kill();
  await untilFurther(load, receiver, 40);
  await apis[0].start();

  await Promise.all([apis[1].kill(), workers[1].kill()]);
  await untilFurther(load, receiver, 40);
  await Promise.all([apis[1].start(), workers[1].start()]);

  if (temporalPid) {
    process.kill(temporalPid, 'SIGKILL');
    await untilFurther(load, receiver, 40);
  }

  await restartRolling([...apis, ...workers]);
  await untilFurther(load, receiver, 30);
  await load.stop();

  await expectSettled(installation, load.people);
  await expectDelivered(installation, receiver, load.people, { endpoints: 2 });
  report(load, receiver);
}, 1_800_000);
