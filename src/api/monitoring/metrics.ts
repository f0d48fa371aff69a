import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { cacheFor } from '#concurrency/cache-for.ts';
import { countDirtyLinks } from '#db/contacts/dirty-links.ts';
import type { Database } from '#db/database.ts';
import { addAccountMetrics } from './account-metrics.ts';
import { addDeliveryMetrics } from './delivery-metrics.ts';
import { addSyncMetrics } from './sync-metrics.ts';

export type Metrics = ReturnType<typeof createMetrics>;

const readCachedCounts = cacheFor(1_000, countDirtyLinks);

/** The metrics of the api. Labels have few values, such as an account of accord.yaml and a route, never the id of a record. */
export function createMetrics({ db, registry = new Registry() }: { db: Database; registry?: Registry }) {
  const registers = [registry];
  new Gauge({
    name: 'accord_dirty_links',
    help: 'Records that changed at a provider and were not read yet, by whether their workflow was signalled',
    labelNames: ['signalled'],
    registers,
    collect: async function () {
      const counts = await readCachedCounts(db).catch(() => null);
      if (!counts) return this.reset();
      this.set({ signalled: 'yes' }, counts.signalled);
      this.set({ signalled: 'no' }, counts.unsignalled);
    },
  });
  addDeliveryMetrics(db, registers);
  addAccountMetrics(db, registers);
  addSyncMetrics(db, registers);
  return {
    registry,
    webhooks: new Counter({
      name: 'accord_webhooks_total',
      help: 'Webhooks and form submissions by account, route and outcome',
      labelNames: ['account', 'route', 'outcome'],
      registers,
    }),
    refusals: new Counter({
      name: 'accord_webhook_refusals_total',
      help: 'Refused webhooks and form submissions by route and reason',
      labelNames: ['route', 'code'],
      registers,
    }),
    ackSeconds: new Histogram({
      name: 'accord_webhook_ack_seconds',
      help: 'From the last byte of a webhook or form submission to its response',
      labelNames: ['route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5],
      registers,
    }),
    dispatchSeconds: new Histogram({
      name: 'accord_dispatch_seconds',
      help: 'Duration of a signal to a contact workflow, by outcome',
      labelNames: ['outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    lastWebhook: new Gauge({
      name: 'accord_last_webhook_timestamp_seconds',
      help: 'Unix time of the last webhook or form submission that this process accepted, by account',
      labelNames: ['account'],
      registers,
    }),
    dispatchQueue: new Gauge({ name: 'accord_dispatch_queue', help: 'Changes queued for the dispatcher', registers }),
    apiRequests: new Counter({
      name: 'accord_api_requests_total',
      help: 'API requests by operation and status',
      labelNames: ['endpoint', 'status'],
      registers,
    }),
  };
}
