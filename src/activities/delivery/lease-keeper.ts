import type { Database } from '#db/database.ts';
import { type DueNotifications, listenForDue } from '#db/delivery/due-notifications.ts';
import { acquireEndpointLease, releaseEndpointLease, renewEndpointLeases } from '#db/delivery/endpoint-leases.ts';
import type { DeliveryLog, DueListener, LeaseKeeper } from './delivery-deps.ts';

interface Lease {
  taskToken: Uint8Array;
  lost: AbortController;
}

const renewEveryMs = 1_000;

/** Says for all endpoints of this process, in one statement every now and then, that they are served. */
export function createLeaseKeeper(db: Database, log: DeliveryLog): LeaseKeeper & { close(): void } {
  const leases = new Map<string, Lease>();
  let timer: NodeJS.Timeout | undefined;
  let renewing: Promise<void> = Promise.resolve();

  function renew(): void {
    timer = setTimeout(async () => {
      // Where it is not said for long, another worker serves them too: subscribers may get something twice.
      renewing = renewAll().catch((error) => log.warn({ err: error }, 'could not say which endpoints are served'));
      await renewing;
      if (timer !== undefined) renew();
    }, renewEveryMs).unref();
  }

  async function renewAll(): Promise<void> {
    const asked = [...leases];
    const kept = await renewEndpointLeases(
      db,
      asked.map(([endpointId, { taskToken }]) => ({ endpointId, taskToken })),
    );
    for (const [endpointId, { lost }] of asked) if (!kept.has(endpointId)) lost.abort();
  }

  renew();
  return {
    async enter(served) {
      await acquireEndpointLease(db, served);
      const { endpointId, taskToken } = served;
      leases.get(endpointId)?.lost.abort();
      const lost = new AbortController();
      leases.set(endpointId, { taskToken, lost });
      return lost.signal;
    },
    async leave(served) {
      const { endpointId, taskToken } = served;
      if (leases.get(endpointId)?.taskToken === taskToken) leases.delete(endpointId);
      // What is being said of it now would else be the last word.
      await renewing;
      await releaseEndpointLease(db, served);
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Hears of what is due by one connection for the whole process. */
export function createDueListener(url: string, log: DeliveryLog): DueListener & { close(): Promise<void> } {
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
