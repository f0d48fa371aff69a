import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import { listUnlinkedContacts } from '#db/contacts/unlinked-contacts.ts';
import { findAccount } from '#db/sync/account-modes.ts';
import { addToRun, countLinked, findMissingLinks, finishRun, insertRun, type MissingLink } from '#db/sync/reconcile-runs.ts';
import { priorities } from '#domain/sync/priority.ts';
import { isSuspiciousLoss, type ReconcileCounts } from '#domain/sync/reconcile.ts';
import { UnreadableRecordError } from '#providers/errors.ts';

/** Stores a new run of a full pass. Returns its id. */
export function startRun(
  deps: ActivityDeps,
  run: { provider: string; trigger: string; workflowId: string; workflowRunId: string },
): Promise<string> {
  return insertRun(deps.db, { ...run, accountId: getConnected(deps, run.provider).client.accountId });
}

/**
 * Completes a run that listed every record. For records that the listing lacked, the contact's workflow is signalled to read them by
 * id: absence from a listing is no proof of a deletion. When too many are missing at once, the listing is taken for incomplete.
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

/** Drops the records that a bulk read finds, where the vendor has one: a lagging listing lacks records that exist. */
async function withoutFound({ client }: ConnectedProvider, missing: MissingLink[]): Promise<MissingLink[]> {
  if (!client.readMany || missing.length === 0) return missing;
  const found = await client.readMany(missing.map(({ externalId }) => externalId));
  // A read by id parks the lane of an unreadable record with a sentence.
  return missing.filter((_, index) => found[index] === null || found[index] instanceof UnreadableRecordError);
}

/**
 * One page of the ids of contacts that the provider should hold and lacks. Empty unless it holds every contact, and while it is not
 * written to.
 */
export async function listUnplacedContacts(
  deps: ActivityDeps,
  { provider, after }: { provider: string; after: string | null },
): Promise<string[]> {
  if (roleOf(deps, provider) !== 'everyone' || (await findAccount(deps.db, provider))?.mode !== 'live') return [];
  const { accountId } = getConnected(deps, provider).client;
  return listUnlinkedContacts(deps.db, { provider, accountId, after, limit: pageSize });
}

const pageSize = 200;

/** Marks a run as failed. */
export function failRun(deps: ActivityDeps, { runId }: { runId: string }): Promise<void> {
  return finishRun(deps.db, runId, 'failed');
}
