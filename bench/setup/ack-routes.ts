import { generateKeyPairSync } from 'node:crypto';
import type { Load, LoadRequest } from '#bench/processes/load-generator.ts';
import type { Bench } from './bench.ts';
import { type HelperProcess, startHelper } from './helper-process.ts';
import { startOwn } from './own-processes.ts';

/** The benchmark signs webhooks as the vendor does, with its own keys. */
const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const secret = 'what the sender signs with';

export interface Route {
  /** URL for webhooks. */
  url: string;
  stop(): Promise<void>;
}

export interface ApiOptions {
  database: string;
  /** False makes Temporal unreachable, so that the API only stores and answers. */
  dispatches: boolean;
}

/** Starts Accord's API with the benchmark's keys. */
export async function startApi(bench: Bench, { database, dispatches }: ApiOptions): Promise<Route> {
  // The discard port refuses connections at once.
  const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:9', TASK_QUEUE_PREFIX: 'nobody' };
  const env = { GHL_WEBHOOK_PUBLIC_KEY: publicKey, GHL_WEBHOOK_SECRET: secret, ...(dispatches ? {} : nowhere) };
  const api = await startOwn(bench, 'api', { database, env });
  return { url: `${api.url}/webhook/ghl`, stop: () => api.stop() };
}

/** The floor: see `processes/bare-route.ts`. */
export async function startBareRoute(database: string): Promise<Route> {
  const env = { DATABASE_URL: database, BENCH_PUBLIC_KEY: publicKey, BENCH_SECRET: secret };
  const { greeting, stop } = await startHelper<never, { url: string }>('bare-route.ts', env);
  return { url: greeting.url, stop };
}

export type LoadGenerator = HelperProcess<LoadRequest, Load>;

export function startLoadGenerator({ stack }: Bench): Promise<LoadGenerator> {
  const { locationId } = stack.sandboxes.gohighlevel;
  const env = { BENCH_PRIVATE_KEY: privateKey, BENCH_SECRET: secret, BENCH_LOCATION_ID: locationId };
  return startHelper('load-generator.ts', env);
}
