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
  /** For a connection that listens; null to do without. */
  databaseUrl: string | null;
  temporal: Client;
  taskQueuePrefix: string;
  log: Logger;
  timing?: Partial<DeliveryTiming>;
  sweepEveryMs?: number;
  /** What has been due for less is on its way. */
  olderThanSeconds?: number;
}

const maxSignals = 16;
/** An endpoint that was told is not told again by the sweep for so long: its worker may be down. */
const sweepAgainMs = 15_000;
const sweptAtOnce = 200;
/** Calls come for every event; whoever is served needs none of them, and whoever is not can wait so long for the next round. */
const roundEveryMs = 25;

/**
 * Tells endpoints' workflows that something is due: when a transaction says so, and now and then for what a crash left. Endpoints
 * that a worker is serving hear of it by themselves.
 */
export function startDeliveryDispatcher(options: DeliveryDispatcherOptions): { close(): Promise<void> } {
  const { db, log, sweepEveryMs = 2_000, olderThanSeconds = 3 } = options;
  const toldAt = new Map<string, number>();
  let isClosed = false;
  const calls = createBatcher<string>({ maxBatches: 1, run: tellCalled });

  function call(endpointId: string | null): void {
    if (endpointId !== null && !isClosed) calls.add(endpointId);
  }

  /** Endpoints that are called meanwhile are told in the next round. */
  async function tellCalled(endpointIds: string[]): Promise<void> {
    if (isClosed) return;
    try {
      await tellAll(await listUnleasedEndpoints(db, [...new Set(endpointIds)]));
      await delay(roundEveryMs);
    } catch (error) {
      log.warn({ err: error }, 'could not see which endpoints are served; the sweep will');
    }
  }

  async function tellAll(ids: readonly string[]): Promise<void> {
    await mapConcurrently(ids, maxSignals, tell);
  }

  async function tell(endpointId: string): Promise<void> {
    const { temporal, taskQueuePrefix, timing } = options;
    toldAt.set(endpointId, Date.now());
    try {
      await signalDeliveriesDue(temporal, { endpointId, taskQueuePrefix, ...(timing ? { timing } : {}) });
    } catch (error) {
      toldAt.delete(endpointId);
      log.warn({ endpointId, err: error }, 'no workflow could be told that webhooks are due; the sweep will try again');
    }
  }

  async function sweep(): Promise<void> {
    const now = Date.now();
    for (const [id, at] of toldAt) if (now - at > sweepAgainMs) toldAt.delete(id);
    const forgotten = await listOverdueEndpoints(db, { olderThanSeconds, limit: sweptAtOnce });
    await tellAll(forgotten.filter((id) => !toldAt.has(id)));
  }

  const notifications = options.databaseUrl === null ? null : listen(options.databaseUrl, call, log);
  const stopSweeping = repeat(sweepEveryMs, () =>
    sweep().catch((error) => log.warn({ err: error }, 'could not look for webhooks that are due and forgotten')),
  );
  const stopHandingOn = startLeaseReaper(options);
  return {
    async close() {
      isClosed = true;
      await Promise.all([notifications?.close(), stopSweeping(), stopHandingOn(), calls.flush()]);
    },
  };
}

function listen(url: string, onDue: (endpointId: string | null) => void, log: Logger): DueNotifications {
  const onError = (error: Error) => log.warn({ err: error }, 'not called when webhooks are due; looking for them meanwhile');
  return listenForDue({ url, onDue, onError });
}
