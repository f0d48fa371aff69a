import { repeat } from '#concurrency/repeat.ts';
import type { Database } from '#db/database.ts';
import { acquireEndpointLease, releaseEndpointLease, renewEndpointLeases } from '#db/delivery/endpoint-leases.ts';
import type { DeliveryLog, LeaseKeeper } from './delivery-deps.ts';

interface HeldLease {
  taskToken: Uint8Array;
  lost: AbortController;
}

const renewEveryMs = 1_000;

/** Renews the leases of all endpoints that this process serves, in one statement a second. */
export function createLeaseKeeper(db: Database, log: DeliveryLog): LeaseKeeper & { close(): void } {
  const held = new Map<string, HeldLease>();
  let renewal: Promise<void> = Promise.resolve();

  async function renewAll(): Promise<void> {
    const asked = [...held];
    const leases = asked.map(([endpointId, { taskToken }]) => ({ endpointId, taskToken }));
    const renewed = await renewEndpointLeases(db, leases);
    for (const [endpointId, { lost }] of asked) if (!renewed.has(endpointId)) lost.abort();
  }

  const stop = repeat(renewEveryMs, () => {
    // While the database does not answer, leases expire and another worker may take over: a subscriber may get a delivery twice.
    renewal = renewAll().catch((error) => log.warn({ err: error }, 'could not renew endpoint leases; retrying'));
    return renewal;
  });

  return {
    async acquire(lease) {
      const { endpointId, taskToken } = lease;
      await acquireEndpointLease(db, lease);
      held.get(endpointId)?.lost.abort();
      const lost = new AbortController();
      held.set(endpointId, { taskToken, lost });
      return lost.signal;
    },
    async release(lease) {
      const { endpointId, taskToken } = lease;
      if (held.get(endpointId)?.taskToken === taskToken) held.delete(endpointId);
      // A renewal in flight may still include this lease, and would insert it again after the release.
      await renewal;
      await releaseEndpointLease(db, lease);
    },
    close: () => void stop(),
  };
}
