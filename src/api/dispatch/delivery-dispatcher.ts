import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createBatcher } from '#concurrency/batcher.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { repeat } from '#concurrency/repeat.ts';
import type { Database } from '#db/database.ts';
import { type DueNotifications, listenForDue } from '#db/delivery/due-notifications.ts';
import { listOverdueEndpoints, listUnleasedEndpoints } from '#db/delivery/endpoint-leases.ts';
import { signalDeliveriesDue } from '#temporal.ts';
import type { DeliveryTiming } from '#workflows/delivery/messages.ts';
import { startLeaseReaper } from './lease-reaper.ts';

export interface DeliveryDispatcherOptions {
  db: Database;
  /** For a connection that listens for notifications. Null: only sweep. */
  databaseUrl: string | null;
  temporal: Client;
  taskQueuePrefix: string;
  log: Logger;
  timing?: Partial<DeliveryTiming>;
  sweepEveryMs?: number;
  /** The sweep skips deliveries that have been due for less: they are being dispatched. */
  olderThanSeconds?: number;
}

/** Calls to Temporal in flight at a time. */
const maxSignals = 16;
/** How soon the sweep signals an endpoint again: its worker may be down. */
const resignalAfterMs = 15_000;
const maxSweptEndpoints = 200;
/** Every event notifies. A drain that runs hears of it by itself, and an endpoint without one can wait this long. */
const roundEveryMs = 25;

/**
 * Signals the workflows of endpoints that something is due: on notifications, and by a sweep for those that a crash left behind. Skips
 * endpoints that a drain serves.
 */
export function startDeliveryDispatcher(options: DeliveryDispatcherOptions): { close(): Promise<void> } {
  const { db, log, sweepEveryMs = 2_000, olderThanSeconds = 3 } = options;
  const signalledAt = new Map<string, number>();
  let isClosed = false;
  const notified = createBatcher<string>({ maxBatches: 1, run: signalUnleased });

  function onDue(endpointId: string | null): void {
    // Null: notifications may have been missed. The sweep finds overdue endpoints.
    if (endpointId !== null && !isClosed) notified.add(endpointId);
  }

  async function signalUnleased(endpointIds: string[]): Promise<void> {
    if (isClosed) return;
    try {
      await signalAll(await listUnleasedEndpoints(db, [...new Set(endpointIds)]));
      await delay(roundEveryMs);
    } catch (error) {
      log.warn({ err: error }, 'could not find out which endpoints are being served; leaving them to the sweep');
    }
  }

  async function signalAll(endpointIds: readonly string[]): Promise<void> {
    await mapConcurrently(endpointIds, maxSignals, signal);
  }

  async function signal(endpointId: string): Promise<void> {
    const { temporal, taskQueuePrefix, timing } = options;
    signalledAt.set(endpointId, Date.now());
    try {
      await signalDeliveriesDue(temporal, { endpointId, taskQueuePrefix, ...(timing ? { timing } : {}) });
    } catch (error) {
      signalledAt.delete(endpointId);
      log.warn({ endpointId, err: error }, 'could not signal the workflow of an endpoint; leaving it to the sweep');
    }
  }

  async function sweep(): Promise<void> {
    const now = Date.now();
    for (const [id, at] of signalledAt) if (now - at > resignalAfterMs) signalledAt.delete(id);
    const overdue = await listOverdueEndpoints(db, { olderThanSeconds, limit: maxSweptEndpoints });
    await signalAll(overdue.filter((id) => !signalledAt.has(id)));
  }

  const notifications = options.databaseUrl === null ? null : listen(options.databaseUrl, onDue, log);
  const stopSweeping = repeat(sweepEveryMs, () =>
    sweep().catch((error) => log.warn({ err: error }, 'could not look for overdue deliveries; retrying')),
  );
  const stopReaper = startLeaseReaper(options);
  return {
    async close() {
      isClosed = true;
      await Promise.all([notifications?.close(), stopSweeping(), stopReaper(), notified.flush()]);
    },
  };
}

function listen(url: string, onDue: (endpointId: string | null) => void, log: Logger): DueNotifications {
  const onError = (error: Error) =>
    log.warn({ err: error }, 'not listening for due deliveries; sweeping until the connection is back');
  return listenForDue({ url, onDue, onError });
}
