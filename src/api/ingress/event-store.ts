import { isDatabaseUnavailable } from '#api/rest/errors.ts';
import { createBatcher } from '#concurrency/batcher.ts';
import { withTimeout } from '#concurrency/with-timeout.ts';
import type { Database } from '#db/database.ts';
import { type AcceptedEvent, type ArrivedEvent, acceptEvent, acceptEvents } from '#db/sync/inbox.ts';

export interface EventStore {
  /** Resolves once the event is stored: from then on only the loss of the database loses it. */
  accept(event: ArrivedEvent): Promise<AcceptedEvent>;
}

interface Arrival extends PromiseWithResolvers<AcceptedEvent> {
  event: ArrivedEvent;
}

const maxBatchSize = 100;
/** A transaction that takes longer, waiting for a lock for example, does not delay the next one any further. */
const patienceMs = 50;
/** Vendors give up after some seconds. They must get the answer "retry" before that, also while the database hangs. */
const timeoutMs = 4_000;

/**
 * Stores events together that arrive while an earlier transaction is in flight. A single event waits for no other; a burst shares
 * round trips and commits, which cost more than the rows do.
 */
export function createEventStore(db: Database): EventStore {
  const batcher = createBatcher<Arrival>({
    maxItems: maxBatchSize,
    maxBatches: 1,
    run: (batch) => withTimeout(store(db, batch), { ms: patienceMs }).catch(() => {}),
  });
  return {
    accept(event) {
      const arrival: Arrival = { event, ...Promise.withResolvers<AcceptedEvent>() };
      batcher.add(arrival);
      return arrival.promise;
    },
  };
}

async function store(db: Database, batch: Arrival[]): Promise<void> {
  const message = `the database took longer than ${timeoutMs} ms`;
  await withTimeout(storeAll(db, batch), { ms: timeoutMs, message }).catch((error) => rejectAll(batch, error));
}

async function storeAll(db: Database, batch: Arrival[]): Promise<void> {
  const events = batch.map(({ event }) => event);
  try {
    const accepted = await acceptEvents(db, events);
    for (const [place, each] of accepted.entries()) batch[place]?.resolve(each);
  } catch (error) {
    // An event that the database refuses, or a deadlock, must not fail the rest of the batch.
    if (batch.length === 1 || isDatabaseUnavailable(error)) throw error;
    await storeOneByOne(db, batch);
  }
}

async function storeOneByOne(db: Database, batch: Arrival[]): Promise<void> {
  for (const { event, resolve, reject } of batch) await acceptEvent(db, event).then(resolve, reject);
}

function rejectAll(batch: Arrival[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}
