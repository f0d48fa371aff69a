import type { Logger } from 'pino';
import type { Metrics } from '#api/monitoring/metrics.ts';
import type { Database } from '#db/database.ts';
import { type Refusal, recordRefusal } from '#db/sync/inbox.ts';

export interface RefusalLog {
  add(refusal: Refusal): void;
}

export interface RefusalLogOptions {
  db: Database;
  metrics: Metrics;
  log: Logger;
  /** For how long the refusals of a route and code are counted before they are stored as one row. */
  everyMs?: number;
}

/**
 * Counts every refusal in the metrics, and stores one row for all of a route, code and second, with their number. A flood of bad requests
 * then fills neither the disk nor the connection pool.
 */
export function createRefusalLog({ db, metrics, log, everyMs = 1_000 }: RefusalLogOptions): RefusalLog {
  const counts = new Map<string, number>();

  function add(refusal: Refusal): void {
    metrics.refusals.inc({ route: refusal.route, code: refusal.code });
    const key = `${refusal.route} ${refusal.code}`;
    const count = counts.get(key);
    counts.set(key, (count ?? 0) + 1);
    if (count === undefined) setTimeout(() => store(key, refusal), everyMs).unref();
  }

  function store(key: string, first: Refusal): void {
    const refusal = { ...first, count: counts.get(key) ?? 1 };
    counts.delete(key);
    log.info(refusal, 'ingress refused requests');
    recordRefusal(db, refusal).catch((error) => log.warn({ err: error }, 'cannot store a refusal'));
  }

  return { add };
}
