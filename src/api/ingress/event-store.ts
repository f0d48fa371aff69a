import { isDatabaseUnavailable } from '#api/rest/errors.ts';
import type { Database } from '#db/database.ts';
import { type AcceptedEvent, type ArrivedEvent, acceptEvent, acceptEvents } from '#db/sync/inbox.ts';

export interface EventStore {
  /** Resolves once the event is stored: from then on only the loss of the database loses it. */
  accept(event: ArrivedEvent): Promise<AcceptedEvent>;
}

interface Arrival extends PromiseWithResolvers<AcceptedEvent> {
  event: ArrivedEvent;
}

/** A transaction that takes longer (it waits for a lock, say) no longer holds up the next one. */
const patienceMs = 50;
const largestBatch = 100;
/** A vendor gives up after some seconds. It must hear "send it again" before that, also while the database hangs. */
const deadlineMs = 4_000;

/**
 * Stores together what arrives while an earlier transaction is under way. A single event waits for nobody; a burst shares round
 * trips and commits, which cost more than the rows do.
 */
export function createEventStore(db: Database): EventStore {
  const waiting: Arrival[] = [];
  let isStoring = false;

  function accept(event: ArrivedEvent): Promise<AcceptedEvent> {
    const arrival: Arrival = { event, ...Promise.withResolvers<AcceptedEvent>() };
    waiting.push(arrival);
    void storeWaiting();
    return arrival.promise;
  }

  async function storeWaiting(): Promise<void> {
    if (isStoring || waiting.length === 0) return;
    isStoring = true;
    const batch = waiting.splice(0, largestBatch);
    await orAfter(patienceMs, store(db, batch));
    isStoring = false;
    void storeWaiting();
  }

  return { accept };
}

async function store(db: Database, batch: Arrival[]): Promise<void> {
  const late = setTimeout(() => rejectAll(batch, new Error(`the database took longer than ${deadlineMs} ms`)), deadlineMs);
  const events = batch.map(({ event }) => event);
  try {
    const accepted = await acceptEvents(db, events);
    for (const [place, each] of accepted.entries()) batch[place]?.resolve(each);
  } catch (error) {
    // One that the database will not have, or a deadlock, must not fail its neighbours.
    if (batch.length > 1 && !isDatabaseUnavailable(error)) await storeOneByOne(db, batch);
    else rejectAll(batch, error);
  } finally {
    clearTimeout(late);
  }
}

async function storeOneByOne(db: Database, batch: Arrival[]): Promise<void> {
  for (const { event, resolve, reject } of batch) await acceptEvent(db, event).then(resolve, reject);
}

function rejectAll(batch: Arrival[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}

/** Resolves with `promise`, or without it after `ms`. */
async function orAfter(ms: number, promise: Promise<void>): Promise<void> {
  const { promise: after, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, after]);
  clearTimeout(timer);
}
