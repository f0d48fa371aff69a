import type { Logger } from 'pino';
import type { Metrics } from '#api/monitoring/metrics.ts';
import { maxPerSecond } from '#concurrency/max-per-second.ts';
import type { Database } from '#db/database.ts';
import { type Refusal, recordRefusal } from '#db/sync/inbox.ts';

export interface RefusalLog {
  add(refusal: Refusal): void;
}

export interface RefusalLogOptions {
  db: Database;
  metrics: Metrics;
  log: Logger;
  maxKeptPerSecond?: number;
}

/**
 * Counts every refusal in the metrics and stores a sample: at most `maxKeptPerSecond`, and none while that many are being written.
 * A flood of bad requests then fills neither the disk nor the connection pool.
 */
export function createRefusalLog({ db, metrics, log, maxKeptPerSecond = 10 }: RefusalLogOptions): RefusalLog {
  const mayKeep = maxPerSecond(maxKeptPerSecond);
  let writing = 0;

  function add(refusal: Refusal): void {
    metrics.refusals.inc({ route: refusal.route, code: refusal.code });
    if (writing >= maxKeptPerSecond || !mayKeep()) return;
    log.info(refusal, 'ingress refused a request');
    writing += 1;
    recordRefusal(db, refusal)
      .catch((error) => log.warn({ err: error }, 'cannot store a refusal'))
      .finally(() => {
        writing -= 1;
      });
  }

  return { add };
}
