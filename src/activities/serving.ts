import type { Database } from '../db/database.ts';
import { type DueNotifications, listenForDue } from '../db/due-notifications.ts';
import { keepServing, stopServing } from '../db/webhook-serving.ts';
import type { DeliveryLog, DueCalls, Serving } from './delivery-deps.ts';

const renewEveryMs = 1_500;

/** Says for all endpoints of this process, in one statement every now and then, that they are served. */
export function createServing(db: Database, log: DeliveryLog): Serving & { close(): void } {
  const served = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function renew(): void {
    timer = setTimeout(async () => {
      // Where it is not said, a workflow is told in vain: no more than that.
      await keepServing(db, [...served]).catch((error) => log.warn({ err: error }, 'could not say which endpoints are served'));
      if (timer !== undefined) renew();
    }, renewEveryMs).unref();
  }

  renew();
  return {
    async enter(endpointId) {
      served.add(endpointId);
      await keepServing(db, [endpointId]);
    },
    async leave(endpointId) {
      served.delete(endpointId);
      await stopServing(db, endpointId);
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Hears of what is due by one connection for the whole process. */
export function createDueCalls(url: string, log: DeliveryLog): DueCalls & { close(): Promise<void> } {
  const wakers = new Map<string, () => void>();
  const wakeAll = () => {
    for (const wake of wakers.values()) wake();
  };
  const notifications: DueNotifications = listenForDue({
    url,
    onDue: (endpointId) => (endpointId === null ? wakeAll() : wakers.get(endpointId)?.()),
    onError: (error) => log.warn({ err: error }, 'not called when deliveries are due; looking for them meanwhile'),
  });
  return {
    subscribe(endpointId, wake) {
      wakers.set(endpointId, wake);
      return () => {
        if (wakers.get(endpointId) === wake) wakers.delete(endpointId);
      };
    },
    lookEveryMs: () => (notifications.isListening() ? 10_000 : 250),
    close: () => notifications.close(),
  };
}
