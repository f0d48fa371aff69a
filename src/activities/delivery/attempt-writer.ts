import { setTimeout as delay } from 'node:timers/promises';
import { createBatcher } from '#concurrency/batcher.ts';
import type { Database } from '#db/database.ts';
import type { AttemptRecord } from '#db/delivery/attempts.ts';
import { storeAttempts } from './store-attempts.ts';

interface Waiting extends PromiseWithResolvers<void> {
  attempt: AttemptRecord;
}

export interface AttemptWriterOptions {
  /** How long to retry while the database does not answer. After that the delivery is sent again, under its own id. */
  patienceMs?: number;
}

const maxStatements = 2;
const maxRows = 200;
const firstRetryMs = 100;
const maxRetryMs = 2_000;

/**
 * Stores the attempts of all endpoints of this process together: while one statement is in flight, the next one fills. An attempt
 * that ended while PostgreSQL was down is stored when it is back.
 */
export function createAttemptWriter(db: Database, { patienceMs = 60_000 }: AttemptWriterOptions = {}) {
  const batcher = createBatcher<Waiting>({
    maxItems: maxRows,
    maxBatches: maxStatements,
    run: (batch) =>
      write(batch.map(({ attempt }) => attempt)).then(
        () => batch.forEach(({ resolve }) => void resolve()),
        (error) => batch.forEach(({ reject }) => void reject(error)),
      ),
  });

  async function write(attempts: AttemptRecord[]): Promise<void> {
    const end = Date.now() + patienceMs;
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, maxRetryMs)) {
      try {
        return await storeAttempts(db, attempts);
      } catch (error) {
        if (Date.now() + waitMs > end) throw error;
        await delay(waitMs);
      }
    }
  }

  return (attempt: AttemptRecord): Promise<void> => {
    const waiting: Waiting = { attempt, ...Promise.withResolvers<void>() };
    batcher.add(waiting);
    return waiting.promise;
  };
}
