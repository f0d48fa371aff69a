import { createBatcher } from '#concurrency/batcher.ts';
import type { Database } from '#db/database.ts';
import { addTotals } from '#db/delivery/totals.ts';
import type { DeliveryLog } from './delivery-deps.ts';

const storeEveryMs = 5_000;

/**
 * Counts attempts by outcome for `/metrics`. Counts are stored every few seconds, because one more write per attempt would cost too
 * much: a worker that is killed loses the latest ones.
 */
export function createAttemptCounts(db: Database, log: DeliveryLog) {
  const batcher = createBatcher<string>({ gatherMs: storeEveryMs, run: store });

  async function store(outcomes: string[]): Promise<void> {
    const counts = new Map([...Map.groupBy(outcomes, (outcome) => outcome)].map(([outcome, same]) => [outcome, same.length]));
    try {
      await addTotals(db, 'attempts', counts);
    } catch (error) {
      log.warn({ err: error }, 'could not store the counts of attempts; retrying');
      for (const outcome of outcomes) batcher.add(outcome);
    }
  }

  return { add: batcher.add, close: batcher.flush };
}
