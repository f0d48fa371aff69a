import { Counter, Gauge, type Registry } from 'prom-client';
import { cacheFor } from '#concurrency/cache-for.ts';
import type { Database } from '#db/database.ts';
import { type DeliveryStats, readDeliveryStats } from '#db/delivery/delivery-stats.ts';
import { readTotals, type Totals } from '#db/delivery/totals.ts';
import { operationalEventTypes } from '#domain/delivery/operational-event.ts';

const gauges: readonly { stat: keyof DeliveryStats; name: string; help: string }[] = [
  { stat: 'pending', name: 'accord_deliveries_pending', help: 'Deliveries that wait, due or not' },
  { stat: 'dead', name: 'accord_deliveries_dead', help: 'Deliveries in the dead letter queue' },
  {
    stat: 'oldestDueSeconds',
    name: 'accord_deliveries_oldest_due_seconds',
    help: 'For how long the oldest sendable delivery has been due',
  },
  { stat: 'breakersOpen', name: 'accord_webhook_breakers_open', help: 'Endpoints with an open breaker: they kept failing' },
  {
    stat: 'disabled',
    name: 'accord_webhook_endpoints_disabled',
    help: 'Endpoints that were disabled because they failed for days or are gone',
  },
];

const readCachedStats = cacheFor(5_000, readDeliveryStats);
const readCachedEvents = cacheFor(5_000, (db: Database) => readTotals(db, 'operational_events'));
const readCachedAttempts = cacheFor(5_000, (db: Database) => readTotals(db, 'attempts'));

/** Metrics of deliveries. They are read from the database, so every api reports the same values, also after a restart. */
export function addDeliveryMetrics(db: Database, registers: Registry[]): void {
  for (const { stat, name, help } of gauges) {
    new Gauge({
      ...{ name, help, registers },
      collect: async function () {
        const stats = await readCachedStats(db).catch(() => null);
        if (stats) this.set(stats[stat]);
        else this.reset();
      },
    });
  }
  addCounter(registers, {
    name: 'accord_webhook_operational_events_total',
    help: 'Operational events of endpoints and deliveries by type, subscribed to or not',
    label: 'type',
    known: operationalEventTypes,
    read: () => readCachedEvents(db),
  });
  addCounter(registers, {
    name: 'accord_webhook_attempts_total',
    help: 'Delivery attempts by outcome: delivered, or an error class',
    label: 'outcome',
    known: ['delivered'],
    read: () => readCachedAttempts(db),
  });
}

interface TotalsMetric {
  name: string;
  help: string;
  label: string;
  /** Label values that are reported also while they are 0. */
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
