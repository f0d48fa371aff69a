import type { Database } from '#db/database.ts';
import { addTotals } from '#db/delivery/totals.ts';
import type { DeliveryLog } from './delivery-deps.ts';

const everyMs = 5_000;

/**
 * Counts for `/metrics` how attempts ended. Added to the database every few seconds, for a write more for each attempt would cost more
 * than it tells: a worker that is killed takes the last ones with it.
 */
export function createAttemptCounts(db: Database, log: DeliveryLog) {
  let counts = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  function add(outcome: string, number = 1): void {
    counts.set(outcome, (counts.get(outcome) ?? 0) + number);
    timer ??= setTimeout(() => void store(), everyMs).unref();
  }

  async function store(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (counts.size === 0) return;
    const stored = counts;
    counts = new Map();
    try {
      await addTotals(db, 'attempts', stored);
    } catch (error) {
      log.warn({ err: error }, 'could not count attempts; trying again');
      for (const [outcome, number] of stored) add(outcome, number);
    }
  }

  return {
    add,
    async close() {
      await store();
      clearTimeout(timer);
    },
  };
}
