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
  /** Younger changes are left to the dispatcher. Must exceed the deadline of its calls. */
  olderThanSeconds?: number;
  /** Signals a workflow again that has not read the record for this long after a signal. */
  signalLostAfterSeconds?: number;
  limit?: number;
}

/**
 * Offers stored changes to the dispatcher that reached no workflow: Temporal was down, a process died, or the queue was full.
 * Several sweepers may run: signalling a workflow twice costs one read. Returns a function that stops it.
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
    if (taken > 0) log.info({ found: links.length, taken }, 'swept changes that reached no workflow');
  }

  return repeat(everyMs, () =>
    sweep().catch((error) => log.warn({ err: error }, 'cannot sweep for changes that reached no workflow')),
  );
}
