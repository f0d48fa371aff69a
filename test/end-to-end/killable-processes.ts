import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { LeadEventType } from '#domain/delivery/lead-event.ts';
import { encryptionKey, newEndpoint } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { eventually } from '#test/setup/eventually.ts';
import { killProcess, startAccordProcess } from '#test/setup/processes.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';

const temporalAddress = String(process.env.ACCORD_TEST_TEMPORAL_ADDRESS);

/** API and worker processes that a test can kill at any time, and a subscriber that records its requests and answers. */
export function useKillableProcesses() {
  const database = useDatabase();
  const cleanUps: (() => Promise<unknown>)[] = [];
  let taskQueuePrefix: string;
  let receiver: Receiver;
  /** Ids of the deliveries that the subscriber has answered with 200. */
  let answered: Set<string>;

  beforeEach(async () => {
    taskQueuePrefix = `test-${randomBytes(4).toString('hex')}`;
    answered = new Set();
    receiver = await startSlowReceiver(answered);
    cleanUps.push(() => receiver.close());
  });
  afterEach(async () => {
    await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
    await database.db.deleteFrom('webhook_endpoint').execute();
    await database.db.deleteFrom('webhook_delivery').execute();
  });

  async function start(name: 'api' | 'worker', env: Record<string, string> = {}): Promise<ChildProcess> {
    const dependencies = { databaseUrl: database.url, taskQueuePrefix, temporalAddress };
    const key = encryptionKey.toString('base64');
    const child = await startAccordProcess(name, dependencies, { ACCORD_ENCRYPTION_KEY: key, ...env });
    cleanUps.push(() => killProcess(child));
    return child;
  }

  /** Kills processes and checks the log of deliveries, which must be right at any moment. */
  async function kill(...children: ChildProcess[]): Promise<void> {
    await Promise.all(children.map(killProcess));
    await expectConsistentLog();
  }

  async function subscribe(count: number, events: LeadEventType[] = ['lead_update']): Promise<string[]> {
    const settings = { url: receiver.url, events, retry_schedule: [1, 1, 1] };
    const made = await Promise.all(Array.from({ length: count }, () => newEndpoint(database.db, settings)));
    return made.map(({ id }) => id);
  }

  const untilArrived = (count: number) => eventually(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count));

  /** Waits until exactly this number of deliveries is delivered. */
  async function untilDelivered(count: number): Promise<void> {
    const delivered = database.db.selectFrom('webhook_delivery').where('state', '=', 'delivered');
    const counted = delivered.select(({ fn }) => fn.countAll<string>().as('count'));
    await eventually(async () => expect(Number((await counted.executeTakeFirstOrThrow()).count)).toBe(count), 60_000);
    expect(await deliveries()).toHaveLength(count);
    await expectConsistentLog();
  }

  const deliveries = () => database.db.selectFrom('webhook_delivery').select(['id', 'state', 'event_id']).execute();

  /** Every delivered row has a 200 of the subscriber and one in the log, and every request had the stored body. */
  async function expectConsistentLog(): Promise<void> {
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

  return {
    ...{ database, cleanUps, start, kill, subscribe, untilArrived, untilDelivered },
    taskQueuePrefix: () => taskQueuePrefix,
    received: () => receiver.received,
  };
}

/** Answers after 20 ms, so that a kill always meets requests in flight, and refuses some first attempts. */
function startSlowReceiver(answered: Set<string>): Promise<Receiver> {
  const seen = new Set<string>();
  return startReceiver((response) => {
    const id = String(response.req.headers['x-webhook-delivery-id']);
    const isRefused = !seen.has(id) && seen.size % 20 === 0;
    seen.add(id);
    setTimeout(() => {
      if (!isRefused) answered.add(id);
      response.writeHead(isRefused ? 503 : 200).end();
    }, 20);
  });
}
