import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Metrics } from '#api/monitoring/metrics.ts';
import { createBatcher } from '#concurrency/batcher.ts';
import { type DirtyLink, markSignalled } from '#db/contacts/dirty-links.ts';
import type { Database } from '#db/database.ts';
import { priorities } from '#domain/priority.ts';
import { signalContactChanged } from '#temporal.ts';
import type { SyncTiming } from '#workflows/messages.ts';

/** Tells workflows of changes that are stored already. Whatever it cannot tell stays marked in the database, for the sweeper. */
export interface Dispatcher {
  /** Takes a change, unless the queue is full. A link that waits already is told once. */
  offer(change: DirtyLink): boolean;
  /** Resolves when nothing waits that could be told and nothing is under way, or after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
}

export interface DispatcherOptions {
  db: Database;
  temporal: Client;
  taskQueuePrefix: string;
  timing?: Partial<SyncTiming>;
  metrics: Metrics;
  log: Logger;
  /** Calls to Temporal at a time. */
  concurrency?: number;
  /** Changes that may wait in memory. */
  capacity?: number;
}

/** A marker write serves all that was told within this time. */
const markEveryMs = 50;
const deadlineMs = 5_000;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { concurrency = 32, capacity = 10_000, metrics, log } = options;
  const waiting = new Map<string, DirtyLink>();
  const marker = createMarker(options.db, log);
  let active = 0;
  /** While Temporal does not answer, one call at a time finds out when it is back. */
  let isAnswered = true;

  function offer(change: DirtyLink): boolean {
    if (waiting.size >= capacity && !waiting.has(change.linkId)) return false;
    waiting.set(change.linkId, change);
    pump();
    return true;
  }

  function pump(): void {
    for (const [linkId, change] of waiting) {
      if (active >= (isAnswered ? concurrency : 1)) break;
      waiting.delete(linkId);
      active += 1;
      void tell(change).finally(() => {
        active -= 1;
        pump();
      });
    }
    metrics.dispatchQueue.set(waiting.size);
  }

  // The client retries within the deadline by itself; after that the sweeper comes back to it.
  async function tell(change: DirtyLink): Promise<void> {
    const { contactId, linkId, provider } = change;
    const stop = metrics.dispatchSeconds.startTimer();
    try {
      const changed = { observe: [{ linkId, provider }], push: [], priority: priorities.live };
      const { temporal, taskQueuePrefix, timing } = options;
      await signalContactChanged(temporal, { contactId, changed, taskQueuePrefix, deadlineMs, ...(timing ? { timing } : {}) });
      marker.add(change);
      stop({ outcome: 'told' });
      isAnswered = true;
    } catch (error) {
      stop({ outcome: 'failed' });
      isAnswered = false;
      log.warn({ contactId, linkId, err: error }, 'no workflow could be told of a change; the sweeper will try again');
    }
  }

  async function drain(timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    // What waits for a Temporal that does not answer is left to the sweeper of whoever runs next.
    while (((isAnswered && waiting.size > 0) || active > 0) && Date.now() < end) await delay(10);
    waiting.clear();
    await marker.flush();
  }

  return { offer, drain };
}

/** Collects links whose workflow was told, and marks them together. */
function createMarker(db: Database, log: Logger) {
  return createBatcher<DirtyLink>({
    gatherMs: markEveryMs,
    // Unmarked links are told a second time, which costs one read and nothing else.
    run: (links) =>
      markSignalled(db, links).catch((error) => log.warn({ err: error, links: links.length }, 'could not mark links as told')),
  });
}
