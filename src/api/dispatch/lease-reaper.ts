import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { repeat } from '#concurrency/repeat.ts';
import type { Database } from '#db/database.ts';
import { type EndpointLease, listExpiredEndpointLeases, releaseEndpointLease } from '#db/delivery/endpoint-leases.ts';
import { failAttempt } from '#temporal.ts';

export interface LeaseReaperOptions {
  db: Database;
  temporal: Client;
  log: Logger;
}

/** The table has a row per busy endpoint, mostly none. */
const everyMs = 500;

/**
 * Fails the attempts of drains whose endpoint lease expired, so that Temporal retries them on another worker, long before it misses
 * heartbeats. Several reapers may run at once. Returns a function that stops this one.
 */
export function startLeaseReaper({ db, temporal, log }: LeaseReaperOptions): () => Promise<void> {
  let couldRenew = true;

  async function reapAll(): Promise<void> {
    const expired = await listExpiredEndpointLeases(db);
    // While the database was down, no worker could renew. After that they get one more interval.
    if (couldRenew) await Promise.all(expired.map(reap));
    couldRenew = true;
  }

  async function reap(lease: EndpointLease): Promise<void> {
    const { endpointId, taskToken } = lease;
    try {
      await failAttempt(temporal, taskToken);
      log.info({ endpointId }, 'drain lease expired; another worker takes over');
    } catch (error) {
      log.warn(
        { endpointId, err: error },
        'drain lease expired, but its attempt could not be failed; waiting for its heartbeat timeout',
      );
    }
    await releaseEndpointLease(db, lease);
  }

  return repeat(everyMs, () =>
    reapAll().catch((error) => {
      couldRenew = false;
      log.warn({ err: error }, 'could not look for expired drain leases; retrying');
    }),
  );
}
