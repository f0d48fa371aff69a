import type { ContactDeps } from '#contacts/contact-deps.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import { planWrites, type RemoteWrite, rehearse } from '#contacts/plan/planned-writes.ts';
import { type DirtyLink, markDirty } from '#db/contacts/dirty-links.ts';
import { listLinks } from '#db/contacts/links.ts';

/** The contacts that a decision concerns. */
export interface Effect {
  /** The contacts whose records change. */
  contactIds: string[];
  /** The contact that was merged into another one, whose workflow may still run. */
  mergedId?: string | null;
}

export interface RunDecision<Result> {
  result: Result;
  /** Null when the decision was refused. */
  effect: Effect | null;
  /** The writes to providers that follow. */
  writes: RemoteWrite[];
  /** The records of the contacts, for their workflows to read. */
  dirty: DirtyLink[];
}

/**
 * Runs a decision of a person about contacts in one transaction; for a preview, it is rolled back. The records are marked dirty in the
 * same transaction, so that the sweeper syncs them if this process dies before it signals their workflows.
 */
export function runDecision<Result>(
  deps: ContactDeps,
  { isPreview }: { isPreview: boolean },
  work: (transaction: ContactTransaction) => Promise<{ result: Result; effect: Effect | null }>,
): Promise<RunDecision<Result>> {
  const run = isPreview ? rehearse : inTransaction;
  return run(deps, async (transaction) => {
    const done = await work(transaction);
    const ids = done.effect?.contactIds ?? [];
    return { ...done, writes: await planWrites(transaction, ids), dirty: await markAllDirty(transaction, ids) };
  });
}

/** Marks the records of contacts as dirty, so that the sweeper syncs them if nobody signals their workflows. */
export async function markAllDirty({ tx }: ContactTransaction, contactIds: readonly string[]): Promise<DirtyLink[]> {
  const links = await Promise.all(contactIds.map((id) => listLinks(tx, id)));
  const ids = links.flat().flatMap(({ id, state, external_id }) => (state === 'linked' && external_id !== null ? [id] : []));
  return ids.length === 0 ? [] : markDirty(tx, ids);
}
