import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from '@jest/globals';
import { useDatabase } from '../db/test-database.ts';
import { encryptionKey, newEndpoint, publish } from '../db/webhook-rows.ts';
import { eventually } from '../setup/eventually.ts';
import { killProcess, startAccordProcess } from '../setup/processes.ts';
import { type Receiver, startReceiver } from '../setup/receiver.ts';

const database = useDatabase();
const started: ChildProcess[] = [];
let receiver: Receiver;
/** Deliveries that were told 200. */
let answered: Set<string>;
afterEach(async () => {
  await Promise.all(started.splice(0).map(killProcess));
  await receiver.close();
});

it('sends every event at least once, each under one delivery id, when api and worker are killed in the midst of 5,000 deliveries', async () => {
  await openReceiver();
  const start = starter();
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
  await eventually(
    async () => expect(new Set((await deliveries()).map(({ state }) => state))).toEqual(new Set(['delivered'])),
    60_000,
  );
  const rows = await deliveries();
  expect(rows).toHaveLength(5_000);
  expect(new Set(receiver.received.map(({ deliveryId }) => deliveryId))).toEqual(new Set(rows.map(({ id }) => id)));
  await expectHonest();
}, 120_000);

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
}

function starter() {
  const taskQueuePrefix = `test-${randomBytes(4).toString('hex')}`;
  const temporalAddress = process.env.ACCORD_TEST_TEMPORAL_ADDRESS as string;
  return async (name: 'api' | 'worker') => {
    const standsOn = { databaseUrl: database.url, taskQueuePrefix, temporalAddress };
    const child = await startAccordProcess(name, standsOn, { ACCORD_ENCRYPTION_KEY: encryptionKey.toString('base64') });
    started.push(child);
    return child;
  };
}

async function kill(...children: ChildProcess[]): Promise<void> {
  await Promise.all(children.map(killProcess));
  await expectHonest();
}

const settings = { events: ['lead_update' as const], retry_schedule: [1, 1, 1] };

async function subscribe(count: number): Promise<void> {
  const { url } = receiver;
  for (let each = 0; each < count; each += 1) await newEndpoint(database.db, { url, ...settings });
}

/** A few at a time, each in a transaction of its own. */
async function publishMany(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 10) await Promise.all(Array.from({ length: 10 }, () => publish(database.db)));
}

const untilArrived = (count: number) => eventually(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count));

const deliveries = () => database.db.selectFrom('webhook_delivery').select(['id', 'state', 'event_id']).execute();

/** What is called delivered was answered, stands in the log, and was the stored bytes each time that it came. */
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
