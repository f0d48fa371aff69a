import { isExternalIdTaken } from '#db/contacts/links.ts';
import { type Database, isSerializationFailure } from '#db/database.ts';
import type { ContactDeps } from './contact-deps.ts';
import { LeadEvents } from './lead-events.ts';

/** A database transaction that saves contacts. Everything in it commits or rolls back together, its lead events included. */
export interface ContactTransaction {
  tx: Database;
  deps: ContactDeps;
  leadEvents: LeadEvents;
}

/** Another transaction changed rows that this one had read before it took its locks. A second run sees the change. */
export class LostRaceError extends Error {}

const maxAttempts = 3;

/**
 * Runs `work` in a transaction, which commits when `work` resolves. It runs again when another transaction won a race: `work` must
 * change nothing outside of the transaction.
 */
export async function inTransaction<Result>(
  deps: ContactDeps,
  work: (transaction: ContactTransaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.db.transaction().execute((tx) => work({ tx, deps, leadEvents: new LeadEvents(tx) }));
    } catch (error) {
      if (attempt === maxAttempts || !isLostRace(error)) throw error;
    }
  }
}

/** A webhook may have claimed the same record, for example. */
function isLostRace(error: unknown): boolean {
  return error instanceof LostRaceError || isExternalIdTaken(error) || isSerializationFailure(error);
}
