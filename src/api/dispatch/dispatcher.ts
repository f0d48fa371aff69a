import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Metrics } from '#api/monitoring/metrics.ts';
import { createBatcher } from '#concurrency/batcher.ts';
import { type Announcement, type DirtyLink, markSignalled, settleAnnounced } from '#db/contacts/dirty-links.ts';
import { listRecordIds } from '#db/contacts/record-ids.ts';
import type { Database } from '#db/database.ts';
import { toArrival } from '#domain/sync/contact-changed.ts';
import { priorities } from '#domain/sync/priority.ts';
import { signalContactChanged } from '#temporal.ts';
import { inStep, type Tracing, untraced } from '#tracing/tracing.ts';
import { contactWorkflowId } from '#workflows/ids.ts';
import type { SyncTiming } from '#workflows/messages.ts';

/** Signals contact workflows about stored changes. A change that it cannot signal stays marked in the database for the sweeper. */
export interface Dispatcher {
  /** Queues a change. False when the queue is full. A link that is queued twice is signalled once. */
  offer(change: OfferedChange): boolean;
  /** Resolves when the queue is empty, or Temporal is unavailable, and no call is in flight; at the latest after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
}

export interface OfferedChange extends DirtyLink {
  /** The change was announced with a version of the record, which may be that of Accord's own write. */
  isVersionNamed?: boolean;
}

export interface DispatcherOptions {
  db: Database;
  temporal: Client;
  taskQueuePrefix: string;
  timing?: Partial<SyncTiming>;
  metrics: Metrics;
  log: Logger;
  /** Default: records nothing. */
  tracing?: Tracing;
  /** Maximum of calls to Temporal in flight. */
  concurrency?: number;
  /** Maximum of queued changes. */
  capacity?: number;
}

/** Links that were signalled within this time are marked in one statement. */
const markEveryMs = 50;
const deadlineMs = 5_000;
/** A webhook often overtakes the answer to the write that it is about. */
const answerWithinMs = 250;
/** A vendor that takes longer to answer has its change read. The sweeper takes over changes that are older. */
const patienceMs = 3_000;

/** Starts with an empty queue. Nothing runs until the first `offer`. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { concurrency = 32, capacity = 10_000, metrics, log, tracing = untraced } = options;
  const waiting = new Map<string, OfferedChange>();
  const held = new Set<NodeJS.Timeout>();
  const marker = createMarker(options.db, log);
  let active = 0;
  /** While Temporal is unavailable, only one call at a time is made, to notice when it is back. */
  let isAvailable = true;

  function offer(change: OfferedChange): boolean {
    if (waiting.size >= capacity && !waiting.has(change.linkId)) return false;
    waiting.set(change.linkId, change);
    pump();
    return true;
  }

  function pump(): void {
    for (const [linkId, change] of waiting) {
      if (active >= (isAvailable ? concurrency : 1)) break;
      waiting.delete(linkId);
      active += 1;
      void dispatch(change).finally(() => {
        active -= 1;
        pump();
      });
    }
    metrics.dispatchQueue.set(waiting.size);
  }

  async function dispatch(change: OfferedChange): Promise<void> {
    const announcement = change.isVersionNamed ? await settle(change) : 'unknown';
    if (announcement === 'unknown') await signal(change);
    if (announcement === 'being-written') offerLater(change);
  }

  function offerLater(change: OfferedChange): void {
    const timer = setTimeout(() => {
      held.delete(timer);
      offer(change);
    }, answerWithinMs);
    held.add(timer);
  }

  async function settle({ linkId, changedAt }: OfferedChange): Promise<Announcement> {
    if (Date.now() - changedAt.getTime() > patienceMs) return 'unknown';
    return settleAnnounced(options.db, linkId).catch(() => 'unknown');
  }

  // The client retries within the deadline. After that, the sweeper offers the change again.
  async function signal(change: DirtyLink): Promise<void> {
    const stop = metrics.dispatchSeconds.startTimer();
    const attributes = { 'temporal.workflow.type': 'syncContact', 'temporal.workflow.id': contactWorkflowId(change.contactId) };
    await inStep(
      tracing,
      { name: 'signal syncContact', kind: 'producer', attributes },
      change.traceparent ?? null,
      async (traceparent) => {
        try {
          await signalChange(change, traceparent);
          marker.add(change);
          stop({ outcome: 'told' });
          isAvailable = true;
        } catch (err) {
          stop({ outcome: 'failed' });
          isAvailable = false;
          const { contactId, linkId } = change;
          log.warn({ contactId, linkId, err }, 'cannot signal a contact workflow; the sweeper will retry');
          throw err;
        }
      },
    ).catch(() => {});
  }

  async function signalChange({ contactId, linkId, provider, changedAt }: DirtyLink, traceparent: string): Promise<void> {
    const { db, temporal, taskQueuePrefix, timing } = options;
    const arrival = toArrival(changedAt, traceparent);
    const changed = { observe: [{ linkId, provider }], push: [], priority: priorities.live, arrival };
    const externalIds = await listRecordIds(db, contactId);
    await signalContactChanged(temporal, {
      ...{ contactId, changed, externalIds, taskQueuePrefix, deadlineMs },
      ...(timing ? { timing } : {}),
    });
  }

  async function drain(timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    // While Temporal is unavailable, queued changes are left to the sweeper of another api process.
    while (((isAvailable && waiting.size > 0) || active > 0) && Date.now() < end) await delay(10);
    waiting.clear();
    for (const timer of held) clearTimeout(timer);
    await marker.flush();
  }

  return { offer, drain };
}

/** Marks signalled links in batches. */
function createMarker(db: Database, log: Logger) {
  return createBatcher<DirtyLink>({
    gatherMs: markEveryMs,
    // A link that stays unmarked is signalled again, which costs one read.
    run: (links) =>
      markSignalled(db, links).catch((error) => log.warn({ err: error, links: links.length }, 'cannot mark links as signalled')),
  });
}
