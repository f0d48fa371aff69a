import type { Logger } from 'pino';
import type { Metrics } from '#api/monitoring/metrics.ts';
import { perSecond } from '#concurrency/per-second.ts';
import type { Database } from '#db/database.ts';
import { type Refusal, recordRefusal } from '#db/sync/inbox.ts';

export interface RefusalLog {
  add(refusal: Refusal): void;
}

export interface RefusalLogOptions {
  db: Database;
  metrics: Metrics;
  log: Logger;
  keptPerSecond?: number;
}

/**
 * Counts every refusal, and keeps some of them for people: only so many a second, and none while those before are being written,
 * so that whoever sends rubbish fills neither the disk nor the connection pool.
 */
export function createRefusalLog({ db, metrics, log, keptPerSecond = 10 }: RefusalLogOptions): RefusalLog {
  const mayKeep = perSecond(keptPerSecond);
  let writing = 0;

  function add(refusal: Refusal): void {
    metrics.refusals.inc({ route: refusal.route, code: refusal.code });
    if (writing >= keptPerSecond || !mayKeep()) return;
    log.info(refusal, 'webhook refused');
    writing += 1;
    recordRefusal(db, refusal)
      .catch((error) => log.warn({ err: error }, 'could not store a refusal'))
      .finally(() => {
        writing -= 1;
      });
  }

  return { add };
}
