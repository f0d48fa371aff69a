import { createHmac, createPrivateKey, randomBytes, randomUUID, sign } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { serveParent } from '#bench/setup/helper-process.ts';

export type Scheme = 'ed25519' | 'hmac';

export type LoadRequest =
  /** Prepares distinct signed events about contacts `<prefix>0` … `<prefix>(contacts - 1)` in turn or at random. */
  | { do: 'sign'; scheme: Scheme; events: number; contacts: number; prefix: string; order: 'in turn' | 'random' }
  /** Sends them as fast as responses come back. */
  | { do: 'closed'; url: string; connections: number; seconds: number }
  /** Sends them at a fixed rate, however long responses take. */
  | { do: 'open'; url: string; perSecond: number; seconds: number }
  /** Calls an operation of the API with wrong keys, at a fixed rate. */
  | { do: 'guess'; url: string; perSecond: number; seconds: number };

export interface Load {
  sent: number;
  seconds: number;
  /** Milliseconds of each request, from the time that it was due. */
  latencies: number[];
}

interface SignedEvent {
  body: string;
  headers: Record<string, string>;
}

const { BENCH_PRIVATE_KEY = '', BENCH_SECRET = '', BENCH_LOCATION_ID } = process.env;
const privateKey = createPrivateKey(BENCH_PRIVATE_KEY);
let events: SignedEvent[] = [];

serveParent<LoadRequest, Load>({ sent: 0, seconds: 0, latencies: [] }, async (request) => {
  if (request.do === 'sign') {
    events = Array.from({ length: request.events }, (_, index) => signedEvent(request, index));
    return { sent: 0, seconds: 0, latencies: [] };
  }
  if (request.do === 'closed') return sendClosed(request);
  return request.do === 'open' ? sendOpen(request) : guessKeys(request);
});

async function sendClosed({ url, connections, seconds }: LoadRequest & { do: 'closed' }): Promise<Load> {
  const { send, latencies, close } = openTarget(url, connections);
  const startedAt = performance.now();
  const queue = events.values();
  const work = async () => {
    for (const event of queue) {
      await send(event, performance.now());
      if (performance.now() - startedAt > seconds * 1_000) return;
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  const took = (performance.now() - startedAt) / 1_000;
  await close();
  return { sent: latencies.length, seconds: took, latencies };
}

async function sendOpen({ url, perSecond, seconds }: LoadRequest & { do: 'open' }): Promise<Load> {
  const { send, latencies, close } = openTarget(url, 100);
  const total = Math.min(events.length, Math.round(perSecond * seconds));
  const took = await atRate(perSecond, total, (place, dueAt) => send(events[place] as SignedEvent, dueAt));
  await close();
  return { sent: latencies.length, seconds: took, latencies };
}

async function guessKeys({ url, perSecond, seconds }: LoadRequest & { do: 'guess' }): Promise<Load> {
  const pool = new Pool(new URL(url).origin, { connections: 50, pipelining: 1 });
  const latencies: number[] = [];
  const took = await atRate(perSecond, Math.round(perSecond * seconds), async (_, dueAt) => {
    const headers = { authorization: `Bearer accord_${randomBytes(24).toString('base64url')}` };
    const { statusCode, body } = await pool.request({ path: '/sync/stats', method: 'GET', headers });
    await body.dump();
    // The first ones ask the database, which a slow machine may be too busy for.
    if (![401, 429, 503].includes(statusCode)) throw new Error(`A wrong key was answered with ${statusCode}`);
    latencies.push(performance.now() - dueAt);
  });
  await pool.close();
  return { sent: latencies.length, seconds: took, latencies };
}

/** Starts one request after the other, however long they take. Resolves with the seconds until all have ended. */
async function atRate(perSecond: number, total: number, start: (place: number, dueAt: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  const underWay: Promise<void>[] = [];
  while (underWay.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1_000) * perSecond));
    while (underWay.length < due) {
      const place = underWay.length;
      underWay.push(start(place, startedAt + (place / perSecond) * 1_000));
    }
    await delay(1);
  }
  await Promise.all(underWay);
  return (performance.now() - startedAt) / 1_000;
}

/** A response other than 200 ends the benchmark: refusals are fast, and would look like throughput. */
function openTarget(url: string, connections: number) {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const latencies: number[] = [];
  async function send({ body, headers }: SignedEvent, dueAt: number): Promise<void> {
    const answer = await pool.request({ path, method: 'POST', headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${text}`);
    latencies.push(performance.now() - dueAt);
  }
  return { send, latencies, close: () => pool.close() };
}

function signedEvent({ scheme, contacts, prefix, order }: LoadRequest & { do: 'sign' }, index: number): SignedEvent {
  const contact = order === 'in turn' ? index % contacts : Math.floor(Math.random() * contacts);
  const body = JSON.stringify({
    ...{ type: 'ContactTagUpdate', locationId: BENCH_LOCATION_ID, id: `${prefix}${contact}`, tags: ['newsletter', 'cold lead'] },
    ...{ firstName: 'Ada', lastName: 'Lovelace', email: `ada${contact}@example.com`, phone: '+15125550143', country: 'US' },
    ...{ timestamp: new Date().toISOString(), webhookId: randomUUID() },
  });
  const signature =
    scheme === 'hmac'
      ? createHmac('sha256', BENCH_SECRET).update(body).digest('hex')
      : sign(null, Buffer.from(body), privateKey).toString('base64');
  return { body, headers: { 'content-type': 'application/json', 'x-ghl-signature': signature } };
}
