import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { atFixedRate } from '#bench/measure/at-fixed-rate.ts';
import { serveParent } from '#bench/setup/helper-process.ts';
import { signatureHeaders } from '#delivery/sign.ts';

export type PostRequest =
  /** As fast as responses come back. */
  | { do: 'loop'; url: string; body: string; posts: number; connections: number }
  /** At a fixed rate, however long responses take. */
  | { do: 'paced'; url: string; body: string; posts: number; everyMs: number };

export interface Posted {
  seconds: number;
  /** Milliseconds of each round trip. */
  latencies: number[];
}

/** The floor of the delivery figures: signed POSTs over kept connections, without any storage. */
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

serveParent<PostRequest, Posted>({ seconds: 0, latencies: [] }, async (request) => {
  const pool = new Pool(new URL(request.url).origin, { connections: request.do === 'loop' ? request.connections : 50 });
  const body = Buffer.from(request.body);
  const latencies: number[] = [];
  const post = async () => {
    const startedAt = performance.now();
    const signature = signatureHeaders({ secrets: { current: secret }, eventId: randomUUID(), timestamp: new Date(), body });
    const headers = { 'content-type': 'application/json', ...signature };
    const answer = await pool.request({ path: new URL(request.url).pathname, method: 'POST', headers, body });
    await answer.body.dump();
    latencies.push(performance.now() - startedAt);
  };
  const startedAt = performance.now();
  if (request.do === 'paced') await atFixedRate(request.posts, request.everyMs, post);
  else await loop(request.posts, request.connections, post);
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return { seconds, latencies };
});

async function loop(posts: number, connections: number, post: () => Promise<void>): Promise<void> {
  let left = posts;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await post();
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
}
