import type { Database } from '#db/database.ts';
import type { ContactDeps } from './contact-deps.ts';
import { LeadEvents } from './lead-events.ts';

/** A database transaction that saves contacts. Everything in it commits or rolls back together, its lead events included. */
export interface ContactTransaction {
  tx: Database;
  deps: ContactDeps;
  leadEvents: LeadEvents;
}

/** Runs `work` in a transaction, which commits when `work` resolves. */
export function inTransaction<Result>(
  deps: ContactDeps,
  work: (transaction: ContactTransaction) => Promise<Result>,
): Promise<Result> {
  return deps.db.transaction().execute((tx) => work({ tx, deps, leadEvents: new LeadEvents(tx) }));
}
