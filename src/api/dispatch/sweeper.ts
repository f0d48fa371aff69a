import type { Logger } from 'pino';
import { repeat } from '#concurrency/repeat.ts';
import { findUnsignalledLinks } from '#db/contacts/dirty-links.ts';
import type { Database } from '#db/database.ts';
import type { Dispatcher } from './dispatcher.ts';

export interface SweeperOptions {
  db: Database;
  dispatcher: Dispatcher;
  log: Logger;
  everyMs?: number;
  /** Younger changes are still the dispatcher's own business: longer than the deadline of one announcement. */
  olderThanSeconds?: number;
  /** A workflow that was told and has not read the record after this long is told again. */
  signalLostAfterSeconds?: number;
  limit?: number;
}

/**
 * Picks up changes that were stored and reached no workflow: Temporal was down, a process died, the queue was full.
 * Several may run at once: telling a workflow twice costs one read. Returns what stops it.
 */
export function startSweeper({
  db,
  dispatcher,
  log,
  everyMs = 2_000,
  olderThanSeconds = 8,
  signalLostAfterSeconds = 15 * 60,
  limit = 1_000,
}: SweeperOptions): () => Promise<void> {
  async function sweep(): Promise<void> {
    const links = await findUnsignalledLinks(db, { olderThanSeconds, signalLostAfterSeconds, limit });
    const taken = links.filter((link) => dispatcher.offer(link)).length;
    if (taken > 0) log.info({ found: links.length, taken }, 'picked up changes that no workflow knew of');
  }

  return repeat(everyMs, () =>
    sweep().catch((error) => log.warn({ err: error }, 'could not look for changes that no workflow knows of')),
  );
}
