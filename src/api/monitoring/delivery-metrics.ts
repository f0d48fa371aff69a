import { Counter, Gauge, type Registry } from 'prom-client';
import { cacheFor } from '#concurrency/cache-for.ts';
import type { Database } from '#db/database.ts';
import { readDeliveryStats } from '#db/delivery/delivery-stats.ts';
import { readTotals, type Totals } from '#db/delivery/totals.ts';
import { operationalEventTypes } from '#domain/delivery/operational-event.ts';

const gauges = {
  pending: ['accord_deliveries_pending', 'Webhooks to subscribers that wait, due or not'],
  dead: ['accord_deliveries_dead', 'Webhooks to subscribers in the dead letter queue'],
  oldestDueSeconds: ['accord_deliveries_oldest_due_seconds', 'For how long the oldest webhook has been due that could be sent'],
  breakersOpen: ['accord_webhook_breakers_open', 'Endpoints that are sent nothing because they kept failing'],
  disabled: ['accord_webhook_endpoints_disabled', 'Endpoints that were disabled because they failed for days or are gone'],
} as const;

const readSharedStats = cacheFor(5_000, readDeliveryStats);
const readSharedEvents = cacheFor(5_000, (db: Database) => readTotals(db, 'operational_events'));
const readSharedAttempts = cacheFor(5_000, (db: Database) => readTotals(db, 'attempts'));

/** How webhooks to subscribers fare. Read from the database: the same at each api, whichever worker sends, and after each restart. */
export function addDeliveryMetrics(db: Database, registers: Registry[]): void {
  for (const [key, [name, help]] of Object.entries(gauges)) {
    new Gauge({
      ...{ name, help, registers },
      collect: async function () {
        const stats = await readSharedStats(db).catch(() => null);
        if (stats) this.set(stats[key as keyof typeof gauges]);
        else this.reset();
      },
    });
  }
  addCounter(registers, {
    name: 'accord_webhook_operational_events_total',
    help: 'What happened to endpoints and deliveries, by type, whether or not anybody subscribed to it',
    label: 'type',
    known: operationalEventTypes,
    read: () => readSharedEvents(db),
  });
  addCounter(registers, {
    name: 'accord_webhook_attempts_total',
    help: 'Attempts to deliver webhooks, by how they ended: delivered, or a class of error',
    label: 'outcome',
    known: ['delivered'],
    read: () => readSharedAttempts(db),
  });
}

interface TotalsMetric {
  name: string;
  help: string;
  label: string;
  /** Shown also where there was none of it. */
  known: readonly string[];
  read(): Promise<Totals>;
}

function addCounter(registers: Registry[], { name, help, label, known, read }: TotalsMetric): void {
  new Counter({
    ...{ name, help, labelNames: [label], registers },
    collect: async function () {
      const totals = await read().catch(() => null);
      this.reset();
      if (!totals) return;
      for (const value of new Set([...known, ...totals.keys()])) this.inc({ [label]: value }, totals.get(value) ?? 0);
    },
  });
}
