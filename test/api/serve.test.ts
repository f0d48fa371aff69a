import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { eventually } from '#test/setup/eventually.ts';
import { bytesOf, ed25519, ghlEvent } from './ingress/ghl-webhook.ts';
import { startTestApi, type TestApi } from './test-api.ts';

it('finishes the webhook in flight when it stops, and accepts no other', async () => {
  const api = await startTestApi();
  const body = bytesOf(ghlEvent({ id: 'underWay' }));
  const half = sendHalf(api, body);
  await half.begun;
  const closed = api.stop();
  await eventually(() => expect(fetch(`${api.url}/healthz`)).rejects.toThrow());

  half.sendRest();
  expect(await half.status).toBe(200);
  await closed;
  const { signalled_at } = await api.db
    .selectFrom('link')
    .select('signalled_at')
    .where('external_id', '=', 'underWay')
    .executeTakeFirstOrThrow();
  expect(signalled_at).not.toBeNull();
  await api.close();
});

it('is not ready while a migration is pending, and names what Temporal lacks', async () => {
  const api = await startTestApi({ scheduleIds: ['no-such-schedule'] });
  const ready = async () => (await api.get('/readyz')).json() as Promise<{ status: string; problems: string[] }>;
  const missing = 'Temporal namespace default lacks the schedules no-such-schedule: start a worker, which creates them.';
  // Temporal has a second to answer.
  await eventually(async () =>
    expect(await ready()).toEqual({ status: 'ready', database: 'up', temporal: 'up', problems: [missing] }),
  );

  const ran = await sql<{ name: string; timestamp: string }>`
    delete from kysely_migration where name = (select max(name) from kysely_migration) returning *`.execute(api.db);
  const [last] = ran.rows;
  await eventually(async () => {
    expect((await api.get('/readyz')).status).toBe(503);
    expect((await ready()).problems).toContain(`The database lacks the migration ${last?.name}: run npm run migrate.`);
  });
  await sql`insert into kysely_migration values (${last?.name}, ${last?.timestamp})`.execute(api.db);
  await eventually(async () => expect((await api.get('/readyz')).status).toBe(200));
  await api.close();
});

it('rejects when the port is taken', async () => {
  const api = await startTestApi();
  const port = Number(new URL(api.url).port);
  await expect(startTestApi({ port })).rejects.toThrow('EADDRINUSE');
  await api.close();
});

it('cuts a request whose body trickles in', async () => {
  const api = await startTestApi({
    requestLimits: { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 20 },
  });
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  const ended = closeOf(socket);
  let received = '';
  socket.on('data', (text) => (received += text));
  socket.write('POST /webhook/ghl HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n');
  const trickle = setInterval(() => socket.write('a'), 10);
  await ended;
  clearInterval(trickle);
  expect(received).not.toMatch(/^HTTP\/1.1 2/);
  await api.close();
});

it('disconnects clients above the maximum of connections, and takes new ones again afterwards', async () => {
  const api = await startTestApi({ requestLimits: { maxConnections: 2 } });
  const port = Number(new URL(api.url).port);
  const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  await closeOf(connect(port, '127.0.0.1'));
  for (const socket of held) socket.destroy();
  await eventually(async () => expect((await fetch(`${api.url}/healthz`)).status).toBe(200));
  await api.close();
});

/** A webhook of which only the first half is sent. */
function sendHalf({ url, keys }: TestApi, body: Buffer) {
  const headers = { 'content-type': 'application/json', 'content-length': body.length, 'x-ghl-signature': ed25519(body, keys) };
  const sent = request(`${url}/webhook/ghl`, { method: 'POST', headers: { ...headers, expect: '100-continue' } });
  // The server sends "continue" once it has the head and handles the request.
  const begun = once(sent, 'continue').then(() => sent.write(body.subarray(0, 10)));
  const status = once(sent, 'response').then(([response]) => response.resume().statusCode as number);
  sent.flushHeaders();
  return { begun, status, sendRest: () => sent.end(body.subarray(10)) };
}

/** Whether by an end or by a reset: what is written meanwhile fails. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.on('error', () => {}).once('close', () => resolve()));
}
