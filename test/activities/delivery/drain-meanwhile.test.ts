import { createHmac, randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { createAttemptWriter } from '#activities/delivery/attempt-writer.ts';
import { openDatabase } from '#db/database.ts';
import { redriveDeadLetters } from '#db/delivery/dead-letters.ts';
import { makeAllDueNow } from '#db/delivery/endpoint-health.ts';
import { rotateSecret } from '#db/delivery/endpoint-secrets.ts';
import { deleteEndpoint, type EndpointSettings } from '#db/delivery/endpoints.ts';
import { publishLeadEvent } from '#db/delivery/outbox-events.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { newSecret } from '#delivery/sign.ts';
import { createTcpGate } from '#test/api/tcp-gate.ts';
import { encryptionKey, leadEvent } from '#test/db/delivery/delivery-rows.ts';
import { type Answer, type Received, startReceiver } from '#test/setup/receiver.ts';
import { useDrains } from './draining.ts';

const drains = useDrains();

async function subscriber(usually: Answer, settings: Partial<EndpointSettings & { secret: string }> = {}) {
  const receiver = await startReceiver(usually);
  drains.cleanUp(() => receiver.close());
  return { receiver, endpoint: await drains.endpoint({ url: receiver.url, ...settings }) };
}

const statesOf = async (endpoint: EndpointRow) => (await drains.deliveriesOf(endpoint)).map(({ state }) => state);
const isGenuine = (secret: string, { body, headers }: Received) =>
  expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();

describe('between two attempts of a delivery', () => {
  it('a secret that is rotated twice leaves attempts that verify with any of the three secrets', async () => {
    const secrets = [newSecret(), newSecret(), newSecret()] as const;
    const { receiver, endpoint } = await subscriber(200, { secret: secrets[0], retry_schedule: [3_600] });
    receiver.next.push(500);
    await drains.publish();
    await drains.drain(endpoint);
    for (const secret of secrets.slice(1))
      await rotateSecret(drains.database.db, encryptionKey, { id: endpoint.id, secret, overlapSeconds: 3_600 });
    await makeAllDueNow(drains.database.db, endpoint.id);
    await drains.drain(endpoint);
    const [first, second] = receiver.received as [Received, Received];
    isGenuine(secrets[0], first);
    for (const secret of secrets) isGenuine(secret, second);
    const plain = secrets.map((secret) => createHmac('sha256', secret).update(second.body).digest('hex'));
    expect(second.headers['x-webhook-signature']).toBe(plain[2]);
    expect(second.headers['x-webhook-signature-previous']).toBe(`${plain[1]} ${plain[0]}`);
    expect([second.body, second.deliveryId]).toEqual([first.body, first.deliveryId]);
  });

  it('an old secret stops signing at its end', async () => {
    const { receiver, endpoint } = await subscriber(200);
    const overlap = { id: endpoint.id, secret: newSecret(), overlapSeconds: 3_600 };
    await rotateSecret(drains.database.db, encryptionKey, overlap);
    await drains.database.db
      .updateTable('webhook_endpoint')
      .set({ previous_secret_until: new Date(Date.now() - 1) })
      .where('id', '=', endpoint.id)
      .execute();
    await drains.publish();
    await drains.drain(endpoint);
    expect(receiver.received[0]?.headers).not.toHaveProperty('x-webhook-signature-previous');
    expect(receiver.received[0]?.headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}=$/);
    isGenuine(overlap.secret, receiver.received[0] as Received);
  });

  it.each<[number, object]>([
    [500, { state: 'cancelled', note: 'its endpoint was deleted', next_attempt_at: null }],
    [200, { state: 'delivered', attempts: 1 }],
  ])(
    'its endpoint may be deleted: an attempt under way that is answered with %d is kept, and is the last',
    async (status, expected) => {
      const answer: Answer = (response) => {
        void deleteEndpoint(drains.database.db, endpoint.id).then(() => response.writeHead(status).end());
      };
      const { receiver, endpoint } = await subscriber(answer, { max_retries: 0 });
      const [delivery] = await drains.publish();
      expect(await drains.drain(endpoint, { lingerMs: 200 })).toMatchObject({ pending: 0, nextAt: null });
      expect(await drains.deliveriesOf(endpoint)).toMatchObject([expected]);
      expect(await drains.attemptsOf(delivery?.id as string)).toMatchObject([{ number: 1, status }]);
      expect(receiver.received).toHaveLength(1);
    },
  );

  it('attempt numbers continue, and each attempt carries its trigger', async () => {
    const { endpoint } = await subscriber(500, { retry_schedule: [3_600], max_retries: 2 });
    const [delivery] = await drains.publish();
    const id = delivery?.id as string;
    await drains.drain(endpoint);
    await makeAllDueNow(drains.database.db, endpoint.id);
    await drains.drain(endpoint);
    await makeAllDueNow(drains.database.db, endpoint.id);
    await drains.drain(endpoint);
    await redriveDeadLetters(drains.database.db, { filter: { ids: [id] }, limit: 1 });
    await drains.drain(endpoint);
    expect((await drains.attemptsOf(id)).map(({ number, trigger }) => [number, trigger])).toEqual([
      [1, 'schedule'],
      [2, 'manual'],
      [3, 'manual'],
      [4, 'redrive'],
    ]);
    expect(await drains.deliveriesOf(endpoint)).toMatchObject([{ state: 'pending', attempts: 4, attempts_before: 3 }]);
  });
});

describe('an ordered endpoint', () => {
  it('continues after a dead event, and gets it late when it is redriven', async () => {
    const { receiver, endpoint } = await subscriber(200, { ordered: true });
    receiver.next.push(302);
    const contactId = randomUUIDv7();
    for (const sequence of [1, 2, 3]) await drains.publish({ contactId, sequence });
    await drains.drain(endpoint, { lingerMs: 100 });
    expect(await statesOf(endpoint)).toEqual(['dead', 'delivered', 'delivered']);
    const [first] = await drains.deliveriesOf(endpoint);
    await drains.publish({ contactId, sequence: 4 });
    await redriveDeadLetters(drains.database.db, { filter: { ids: [first?.id as string] }, limit: 1 });
    await drains.drain(endpoint, { lingerMs: 100 });
    const sequences = new Map((await drains.deliveriesOf(endpoint)).map(({ id, sequence }) => [id, Number(sequence)]));
    expect(receiver.received.map(({ deliveryId }) => sequences.get(deliveryId))).toEqual([1, 2, 3, 1, 4]);
  });
});

describe('an endpoint with a limit of one delivery per second', () => {
  it('does not keep its drain beyond the maximum stay, and its pending deliveries keep their order', async () => {
    const { receiver, endpoint } = await subscriber(200, { rate_per_second: 1 });
    const { db } = drains.database;
    for (let sequence = 1; sequence <= 100; sequence += 1) await publishLeadEvent(db, leadEvent({ sequence }));
    const { pending, nextAt } = await drains.drain(endpoint, { maxStayMs: 1_500 });
    expect(receiver.received.length).toBeGreaterThanOrEqual(1);
    expect(receiver.received.length).toBeLessThanOrEqual(3);
    expect(pending).toBe(100 - receiver.received.length);
    expect(Date.parse(nextAt as string)).toBeLessThanOrEqual(Date.now());
    const sent = (await drains.deliveriesOf(endpoint)).slice(0, receiver.received.length);
    expect(sent.map(({ state }) => state)).toEqual(sent.map(() => 'delivered'));
  });
});

describe('while PostgreSQL is down', () => {
  it('an attempt that ends is stored when PostgreSQL is back, and not repeated', async () => {
    const at = new URL(drains.database.url);
    const gate = await createTcpGate({ host: at.hostname, port: Number(at.port) });
    at.host = `${gate.host}:${gate.port}`;
    const db = openDatabase({ url: at.href, onError: () => {} });
    drains.cleanUp(() => gate.shut());
    drains.cleanUp(() => db.destroy());
    const { receiver, endpoint } = await subscriber((response) => {
      void gate.shut().then(() => {
        response.on('close', () => void gate.open());
        response.end('received');
      });
    });
    const [delivery] = await drains.publish();
    await drains.drain(endpoint, { db, record: createAttemptWriter(db), lingerMs: 500 });
    expect(await statesOf(endpoint)).toEqual(['delivered']);
    expect(await drains.attemptsOf(delivery?.id as string)).toMatchObject([{ number: 1, response_body: 'received' }]);
    expect(receiver.received).toHaveLength(1);
  });
});

describe('an event that is written twice', () => {
  it('by concurrent transactions makes the second transaction fail', async () => {
    const { receiver, endpoint } = await subscriber(200);
    const event = leadEvent({ sequence: 7 });
    const { db } = drains.database;
    const publish = () => db.transaction().execute((tx) => publishLeadEvent(tx, event));
    const outcomes = await Promise.allSettled([publish(), publish()]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await drains.drain(endpoint);
    expect(receiver.received).toHaveLength(1);
  });
});
