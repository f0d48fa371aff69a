import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#db/database.ts';
import type { AttemptRecord } from '#db/delivery/attempts.ts';
import { settleAttempts } from './settle-attempts.ts';

interface Waiting {
  attempt: AttemptRecord;
  resolve(): void;
  reject(error: unknown): void;
}

export interface AttemptWriterOptions {
  /** How long a database that does not answer is waited for; after that the delivery is sent again, under its own id. */
  patienceMs?: number;
}

const statementsAtOnce = 2;
const rowsAtMost = 200;

/**
 * Stores the attempts of all endpoints of this process together: while one statement is under way the next one fills. A request
 * that was answered while PostgreSQL was down is not forgotten.
 */
export function createAttemptWriter(db: Database, { patienceMs = 60_000 }: AttemptWriterOptions = {}) {
  let waiting: Waiting[] = [];
  let underWay = 0;

  function pump(): void {
    while (underWay < statementsAtOnce && waiting.length > 0) {
      const batch = waiting.slice(0, rowsAtMost);
      waiting = waiting.slice(rowsAtMost);
      underWay += 1;
      void write(batch).finally(() => {
        underWay -= 1;
        pump();
      });
    }
  }

  async function write(batch: Waiting[]): Promise<void> {
    const end = Date.now() + patienceMs;
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 2_000)) {
      try {
        await settleAttempts(
          db,
          batch.map(({ attempt }) => attempt),
        );
        for (const { resolve } of batch) resolve();
        return;
      } catch (error) {
        if (Date.now() + waitMs > end) {
          for (const { reject } of batch) reject(error);
          return;
        }
        await delay(waitMs);
      }
    }
  }

  return (attempt: AttemptRecord): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push({ attempt, resolve, reject });
    // What ends in the same turn of the event loop shares a statement.
    setImmediate(pump);
    return promise;
  };
}
