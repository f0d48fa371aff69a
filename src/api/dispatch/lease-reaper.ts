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

/** One look at a table of at most a few rows, and mostly of none. */
const everyMs = 500;

/**
 * Lets another worker go on where one fell silent while it sent webhooks, long before Temporal misses its heartbeats. Several may
 * run at once. Returns what stops it.
 */
export function startLeaseReaper({ db, temporal, log }: LeaseReaperOptions): () => Promise<void> {
  let isSure = true;

  async function look(): Promise<void> {
    const abandoned = await listExpiredEndpointLeases(db);
    // Where the database was away, workers that live get the time to tell it.
    if (isSure) await Promise.all(abandoned.map(handOn));
    isSure = true;
  }

  async function handOn(served: EndpointLease): Promise<void> {
    const { endpointId, taskToken } = served;
    try {
      await failAttempt(temporal, taskToken);
      log.info({ endpointId }, 'a worker fell silent while it sent webhooks; another one goes on');
    } catch (error) {
      log.warn({ endpointId, err: error }, 'a worker fell silent while it sent webhooks; its heartbeats have to be missed first');
    }
    await releaseEndpointLease(db, served);
  }

  return repeat(everyMs, () =>
    look().catch((error) => {
      isSure = false;
      log.warn({ err: error }, 'could not look for workers that fell silent while they sent webhooks');
    }),
  );
}
