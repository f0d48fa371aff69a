import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { startDeliveryDispatcher } from '#api/dispatch/delivery-dispatcher.ts';
import { signalDeliveriesDue } from '#temporal.ts';
import { publish } from '#test/db/delivery/delivery-rows.ts';
import { deliverWorkflowId } from '#workflows/ids.ts';
import { useKillableProcesses } from './killable-processes.ts';

const { database, cleanUps, taskQueuePrefix, received, start, kill, subscribe, untilArrived, untilDelivered } =
  useKillableProcesses();
let temporal: Client;
beforeAll(async () => {
  const address = process.env.ACCORD_TEST_TEMPORAL_ADDRESS as string;
  temporal = new Client({ connection: await Connection.connect({ address }) });
});
afterAll(() => temporal.connection.close());

it('sends every event at least once, each under one delivery id, when api and worker are killed during 2,000 deliveries', async () => {
  let api = await start('api');
  let worker = await start('worker');
  await subscribe(5);
  await Promise.all([publishMany(160), untilArrived(120)]);
  await kill(worker);
  worker = await start('worker');

  await untilArrived(400);
  await kill(api, worker);
  // Nothing reacts to these: their endpoints have no workflow yet, and the api that would start one is dead.
  await subscribe(5);
  await publishMany(120);
  [api, worker] = await Promise.all([start('api'), start('worker')]);

  await untilArrived(1_200);
  await kill(api);
  await untilArrived(1_400);
  await kill(worker);
  await Promise.all([start('worker'), start('api')]);
  await untilDelivered(2_000);
  expect(new Set(received().map(({ deliveryId }) => deliveryId)).size).toBe(2_000);
}, 120_000);

it('continues after the heartbeat timeout of a killed worker while no api runs', async () => {
  const [endpointId] = await subscribe(1);
  const worker = await start('worker');
  await publishMany(100);
  const timing = { heartbeatTimeoutMs: 2_000 };
  await signalDeliveriesDue(temporal, { endpointId: endpointId as string, taskQueuePrefix: taskQueuePrefix(), timing });
  await untilArrived(20);
  await kill(worker);
  await start('worker');
  await untilDelivered(100);
}, 120_000);

it('continues long before the heartbeat timeout of a killed worker, because its lease expires', async () => {
  startDispatcher({ heartbeatTimeoutMs: 30_000, lingerMs: 200 });
  const endpointIds = await subscribe(3);
  const worker = await start('worker');
  // Not awaited before the kill: a quick worker would be done with all of them.
  const published = publishMany(100);
  await untilArrived(20);
  await kill(worker);
  await Promise.all([published, start('worker')]);
  await untilDelivered(300);
  const failures = await Promise.all(endpointIds.map(drainFailures));
  expect(failures.flat()).toContainEqual(expect.stringContaining('lost its worker'));
}, 120_000);

function startDispatcher(timing: { heartbeatTimeoutMs: number; lingerMs: number }): void {
  const { db, url: databaseUrl } = database;
  const log = pino({ level: 'silent' });
  const dispatcher = startDeliveryDispatcher({
    ...{ db, databaseUrl, temporal, timing, log },
    taskQueuePrefix: taskQueuePrefix(),
  });
  cleanUps.push(() => dispatcher.close());
}

/** The failures for which drains were retried. */
async function drainFailures(endpointId: string) {
  const handle = temporal.workflow.getHandle(deliverWorkflowId(endpointId));
  await handle.result();
  const { events = [] } = await handle.fetchHistory();
  return events?.map((event) => event.activityTaskStartedEventAttributes?.lastFailure?.message);
}

/** A few at a time, each in its own transaction. */
async function publishMany(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 10) await Promise.all(Array.from({ length: 10 }, () => publish(database.db)));
}
