import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { startDeliveryDispatcher } from '../../src/api/delivery-dispatcher.ts';
import { announceDue } from '../../src/temporal.ts';
import { useDatabase } from '../db/test-database.ts';
import { encryptionKey, newEndpoint, publish } from '../db/webhook-rows.ts';
import { eventually } from '../setup/eventually.ts';
import { killProcess, startAccordProcess } from '../setup/processes.ts';
import { type Receiver, startReceiver } from '../setup/receiver.ts';

const temporalAddress = process.env.ACCORD_TEST_TEMPORAL_ADDRESS as string;
const database = useDatabase();
const cleanUps: (() => Promise<unknown>)[] = [];
let temporal: Client;
let taskQueuePrefix: string;
let receiver: Receiver;
/** Deliveries that were told 200. */
let answered: Set<string>;
beforeAll(async () => {
  temporal = new Client({ connection: await Connection.connect({ address: temporalAddress }) });
});
afterAll(() => temporal.connection.close());
beforeEach(async () => {
  taskQueuePrefix = `test-${randomBytes(4).toString('hex')}`;
  await openReceiver();
});
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
  await database.db.deleteFrom('webhook_endpoint').execute();
  await database.db.deleteFrom('webhook_delivery').execute();
});

it('sends every event at least once, each under one delivery id, when api and worker are killed in the midst of 5,000 deliveries', async () => {
  let api = await start('api');
  let worker = await start('worker');
  await subscribe(5);
  await Promise.all([publishMany(400), untilArrived(300)]);
  await kill(worker);
  worker = await start('worker');

  await untilArrived(1_000);
  await kill(api, worker);
  // Of these nobody hears: their endpoints have no workflow yet, and who would start one is dead.
  await subscribe(5);
  await publishMany(300);
  [api, worker] = await Promise.all([start('api'), start('worker')]);

  await untilArrived(3_000);
  await kill(api);
  await untilArrived(3_500);
  await kill(worker);
  await Promise.all([start('worker'), start('api')]);
  await untilDelivered(5_000);
  expect(new Set(receiver.received.map(({ deliveryId }) => deliveryId)).size).toBe(5_000);
}, 120_000);

it('goes on where a killed worker was as soon as Temporal misses its heartbeats, while no api lives', async () => {
  const [endpointId] = await subscribe(1);
  const worker = await start('worker');
  await publishMany(100);
  await announceDue(temporal, { endpointId: endpointId as string, taskQueuePrefix, timing: { heartbeatTimeoutMs: 2_000 } });
  await untilArrived(20);
  await kill(worker);
  await start('worker');
  await untilDelivered(100);
});

it('goes on where a killed worker was although Temporal would wait an hour for its heartbeats, for the api notices', async () => {
  startDispatcher({ heartbeatTimeoutMs: 3_600_000 });
  await subscribe(3);
  const worker = await start('worker');
  await Promise.all([publishMany(100), untilArrived(20)]);
  await kill(worker);
  await start('worker');
  await untilDelivered(300);
});

/** Answers so late that requests are under way whenever a process is killed, and turns away now and then what comes for the first time. */
async function openReceiver(): Promise<void> {
  answered = new Set();
  const seen = new Set<string>();
  receiver = await startReceiver((response) => {
    const id = String(response.req.headers['x-webhook-delivery-id']);
    const isRefused = !seen.has(id) && seen.size % 20 === 0;
    seen.add(id);
    setTimeout(() => {
      if (!isRefused) answered.add(id);
      response.writeHead(isRefused ? 503 : 200).end();
    }, 20);
  });
  cleanUps.push(() => receiver.close());
}

async function start(name: 'api' | 'worker'): Promise<ChildProcess> {
  const standsOn = { databaseUrl: database.url, taskQueuePrefix, temporalAddress };
  const child = await startAccordProcess(name, standsOn, { ACCORD_ENCRYPTION_KEY: encryptionKey.toString('base64') });
  cleanUps.push(() => killProcess(child));
  return child;
}

function startDispatcher(timing: { heartbeatTimeoutMs: number }): void {
  const { db, url: databaseUrl } = database;
  const log = pino({ level: 'silent' });
  const dispatcher = startDeliveryDispatcher({ db, databaseUrl, temporal, taskQueuePrefix, timing, log });
  cleanUps.push(() => dispatcher.close());
}

async function kill(...children: ChildProcess[]): Promise<void> {
  await Promise.all(children.map(killProcess));
  await expectHonest();
}

async function subscribe(count: number): Promise<string[]> {
  const settings = { url: receiver.url, events: ['lead_update' as const], retry_schedule: [1, 1, 1] };
  const made = await Promise.all(Array.from({ length: count }, () => newEndpoint(database.db, settings)));
  return made.map(({ id }) => id);
}

/** A few at a time, each in a transaction of its own. */
async function publishMany(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 10) await Promise.all(Array.from({ length: 10 }, () => publish(database.db)));
}

const untilArrived = (count: number) => eventually(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count));

async function untilDelivered(count: number): Promise<void> {
  const delivered = async () => (await deliveries()).filter(({ state }) => state === 'delivered').length;
  await eventually(async () => expect(await delivered()).toBe(count), 60_000);
  expect(await deliveries()).toHaveLength(count);
  await expectHonest();
}

const deliveries = () => database.db.selectFrom('webhook_delivery').select(['id', 'state', 'event_id']).execute();

/** What is called delivered was answered and stands in the log, and whatever came, and came again, was the stored bytes. */
async function expectHonest(): Promise<void> {
  const events = await database.db.selectFrom('outbox_event').select(['id', 'body']).execute();
  const bodies = new Map(events.map(({ id, body }) => [id, body.toString()]));
  const rows = await deliveries();
  const bodyOf = new Map(rows.map(({ id, event_id }) => [id, bodies.get(event_id)]));
  const logged = await database.db.selectFrom('webhook_attempt').select('delivery_id').where('status', '=', 200).execute();
  const inLog = new Set(logged.map(({ delivery_id }) => delivery_id));
  const delivered = rows.filter(({ state }) => state === 'delivered').map(({ id }) => id);
  expect(delivered.filter((id) => !answered.has(id) || !inLog.has(id))).toEqual([]);
  expect(receiver.received.filter(({ deliveryId, body }) => body.toString() !== bodyOf.get(deliveryId))).toEqual([]);
}
