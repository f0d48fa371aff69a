import { randomUUID } from 'node:crypto';
import { storeObservation } from '#activities/contact/observe-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { loadConfig } from '#config.ts';
import { claimLink } from '#db/contacts/links.ts';
import { openDatabase } from '#db/database.ts';
import { stackEnvironment } from '#dev/stack/stack-environment.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { MatchingMode } from '#domain/matching/recognise.ts';
import { countStatements } from '#test/setup/count-statements.ts';
import { connectProviders } from '#workers/connect-providers.ts';
import type { Bench } from './bench.ts';

/** Accord's store in this process, without Temporal: what a first read does once the vendor has answered. */
export interface Accord {
  /** Stores a GoHighLevel record that is read for the first time. */
  storeNewRecord(values: ProviderValues, mode: MatchingMode): Promise<{ ms: number; statements: number }>;
  close(): Promise<void>;
}

export function openAccord(bench: Bench, database: string): Accord {
  const pool = openDatabase({ url: database, poolSize: 2 });
  const { db, count } = countStatements(pool);
  const config = loadConfig({
    env: stackEnvironment({ ...bench.stack, database }, bench.stack.sandboxes, bench.encryptionKey),
    need: ['database'],
  });
  const { audiences, sharing, conflicts, matching } = config;
  const deps: ActivityDeps = {
    ...{ db, audiences, sharing, conflicts, ownAddresses: matching.ownAddresses, providers: connectProviders(config, db) },
    now: () => new Date(),
    signalContact: async () => {},
  };
  const { locationId: accountId } = bench.stack.sandboxes.gohighlevel;
  return {
    async storeNewRecord(values, mode) {
      const externalId = randomUUID();
      const { id: linkId } = await claimLink(db, { provider: 'gohighlevel', accountId, externalId });
      const record = { externalId, version: null, updatedAt: null, reference: null, complete: true, values };
      const [before, startedAt] = [count(), performance.now()];
      await storeObservation({ ...deps, matching: { ...matching, mode } }, { linkId, record, cause: 'bench' });
      return { ms: performance.now() - startedAt, statements: count() - before };
    },
    close: () => pool.destroy(),
  };
}
