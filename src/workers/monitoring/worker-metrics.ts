import { Counter, Histogram, Registry } from 'prom-client';
import { addProcessMetrics } from '#api/monitoring/process-metrics.ts';
import type { CallObserver } from '#providers/http-call.ts';

/** The metrics of one workspace, by account. */
export interface SyncMetrics {
  observerOf(account: string): CallObserver;
  /** A change that arrived so long ago is now written to the account. */
  synced(account: string, lagSeconds: number): void;
}

export interface WorkerMetrics {
  registry: Registry;
  /** `workspace` is the label of its metrics. The default workspace has an empty one, which Prometheus treats as none. */
  ofWorkspace(workspace: string | null): SyncMetrics;
}

/** The metrics that a worker counts by itself. Labels have few values: accounts of accord.yaml and operations, never the id of a record. */
export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  addProcessMetrics(registry);
  const registers = [registry];
  const calls = new Counter({
    name: 'accord_vendor_calls_total',
    help: 'Requests to vendors by account, operation and HTTP status; the status is "none" where no response came',
    labelNames: ['workspace', 'account', 'operation', 'status'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'accord_vendor_call_seconds',
    help: 'Duration of requests to vendors, without the wait for their turn',
    labelNames: ['workspace', 'account', 'operation'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const waitSeconds = new Histogram({
    name: 'accord_rate_limit_wait_seconds',
    help: 'For how long requests to vendors waited for their turn: for the rate limit, or for an earlier request',
    labelNames: ['workspace', 'account'],
    buckets: [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const lagSeconds = new Histogram({
    name: 'accord_sync_lag_seconds',
    help: 'From the arrival of a change to the end of the write that brought it to an account',
    labelNames: ['workspace', 'account'],
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600],
    registers,
  });

  const ofWorkspace = (name: string | null): SyncMetrics => {
    const workspace = name ?? '';
    return {
      observerOf: (account) => ({
        waited: (seconds) => waitSeconds.observe({ workspace, account }, seconds),
        begin({ operation }) {
          const end = callSeconds.startTimer({ workspace, account, operation });
          return (status) => {
            end();
            calls.inc({ workspace, account, operation, status: status ?? 'none' });
          };
        },
      }),
      synced: (account, seconds) => lagSeconds.observe({ workspace, account }, Math.max(0, seconds)),
    };
  };
  return { registry, ofWorkspace };
}
