import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import { listUnlinkedContacts } from '#db/contacts/unlinked-contacts.ts';
import { addToRun, countLinked, findMissingLinks, finishRun, insertRun, type MissingLink } from '#db/sync/reconcile-runs.ts';
import { priorities } from '#domain/priority.ts';
import { isSuspiciousLoss, type ReconcileCounts } from '#domain/reconcile.ts';

export function startRun(
  deps: ActivityDeps,
  run: { provider: string; trigger: string; workflowId: string; workflowRunId: string },
): Promise<string> {
  return insertRun(deps.db, { ...run, accountId: getConnected(deps, run.provider).client.accountId });
}

/**
 * Ends a run that listed everything. Records that the listing lacked are read by id by their contact's workflow, which alone
 * may believe them gone; when too many are missing at once the listing is not believed at all.
 */
export async function completeRun(
  deps: ActivityDeps,
  { runId, provider }: { runId: string; provider: string },
): Promise<ReconcileCounts> {
  const connected = getConnected(deps, provider);
  const missing = await findMissingLinks(deps.db, runId);
  const linked = await countLinked(deps.db, provider, connected.client.accountId);
  if (!isSuspiciousLoss(missing.length, linked)) {
    for (const { linkId, contactId } of await withoutFound(connected, missing)) {
      await deps.signalContact(contactId, { observe: [{ linkId, provider }], push: [], priority: priorities.bulk });
    }
  }
  const counts = await addToRun(deps.db, runId, { missing: missing.length });
  await finishRun(deps.db, runId, 'completed');
  return counts;
}

/** A listing that lags lacks records which a read finds: one call asks for many, where the vendor has it. */
async function withoutFound({ client }: ConnectedProvider, missing: MissingLink[]): Promise<MissingLink[]> {
  if (!client.readMany || missing.length === 0) return missing;
  const found = await client.readMany(missing.map(({ externalId }) => externalId));
  return missing.filter((_, at) => found[at] === null);
}

/** Contacts that a member should have and has not: ids only, a page's worth. None where the provider does not hold everyone. */
export async function listUnplacedContacts(
  deps: ActivityDeps,
  { provider, after }: { provider: string; after: string | null },
): Promise<string[]> {
  if (roleOf(deps, provider) !== 'everyone') return [];
  const { accountId } = getConnected(deps, provider).client;
  return listUnlinkedContacts(deps.db, { provider, accountId, after, limit: unplacedAtOnce });
}

const unplacedAtOnce = 200;

export function failRun(deps: ActivityDeps, { runId }: { runId: string }): Promise<void> {
  return finishRun(deps.db, runId, 'failed');
}
