import { type Database, openDatabase } from '#db/database.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { createAttemptCounts } from './attempt-counts.ts';
import { createAttemptWriter } from './attempt-writer.ts';
import type { DeliveryDeps, DeliveryLog } from './delivery-deps.ts';
import { createDueListener, createLeaseKeeper } from './lease-keeper.ts';

export interface DeliverySettings {
  db: Database;
  /** For a connection that listens. */
  databaseUrl: string;
  encryptionKey: Buffer;
  /** CIDRs of subscribers that are not on the public Internet. */
  allowPrivateAddresses: readonly string[];
  requireHttps: boolean;
  log: DeliveryLog;
}

/** Attempts that ended, and the word that an endpoint is served, do not queue behind reads: what was not stored is sent again. */
const ownConnections = 3;

/** All that the sending of webhooks stands on, for one process. */
export function createDeliveryDeps(settings: DeliverySettings): DeliveryDeps & { close(): Promise<void> } {
  const { db, encryptionKey, log, databaseUrl } = settings;
  const { allowPrivateAddresses: allowPrivateCidrs, requireHttps } = settings;
  const guard = createAddressGuard({ allowPrivateCidrs, requireHttps });
  const onError = (error: Error) => log.warn({ err: error }, 'An idle database connection broke');
  const own = openDatabase({ url: databaseUrl, poolSize: ownConnections, onError });
  const serving = createLeaseKeeper(own, log);
  const due = createDueListener(databaseUrl, log);
  const store = createAttemptWriter(own);
  const counts = createAttemptCounts(db, log);
  return {
    ...{ db, encryptionKey, guard, serving, due, log },
    async record(attempt) {
      await store(attempt);
      counts.add(attempt.errorClass ?? 'delivered');
    },
    async close() {
      serving.close();
      await Promise.all([due.close(), counts.close(), own.destroy()]);
    },
  };
}
