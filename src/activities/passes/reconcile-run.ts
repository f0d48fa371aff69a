import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import { tellStopped } from '#contacts/deletes/tell-stopped.ts';
import { requireReads } from '#db/contacts/dirty-links.ts';
import { listUnlinkedContacts } from '#db/contacts/unlinked-contacts.ts';
import { findAccount } from '#db/sync/account-modes.ts';
import {
  addToRun,
  countDrift,
  countLinked,
  finishRun,
  forgetMissing,
  insertRun,
  listMissingLinks,
  type MissingLink,
  markMissingLinks,
} from '#db/sync/reconcile-runs.ts';
import { findListingDoubt } from '#domain/sync/listing-doubt.ts';
import { priorities } from '#domain/sync/priority.ts';
import type { ReconcileCounts } from '#domain/sync/reconcile.ts';
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
 * id: absence from a listing is no proof of a deletion. A listing that cannot be trusted to be complete has no such consequences, and
 * somebody is told; `acceptsLoss` is a person's word that the records are gone indeed.
 */
export async function completeRun(
  deps: ActivityDeps,
  { runId, provider, acceptsLoss = false }: { runId: string; provider: string; acceptsLoss?: boolean },
): Promise<ReconcileCounts> {
  const connected = getConnected(deps, provider);
  const missing = await markMissingLinks(deps.db, runId);
  const linked = await countLinked(deps.db, provider, connected.client.accountId);
  const { total, listed } = await addToRun(deps.db, runId, {});
  const doubt = acceptsLoss ? null : findListingDoubt({ total, listed, missing, linked });
  if (doubt === null) await followMissing(deps, connected, runId);
  const counts = await addToRun(deps.db, runId, { missing, linked, ...(await countDrift(deps.db, runId)) });
  await deps.db.transaction().execute(async (tx) => {
    await finishRun(tx, runId, { outcome: 'completed', doubt });
    if (doubt !== null) await tellStopped(tx, { account: provider, reason: doubt, lost: missing, linked }, deps.now());
  });
  if (doubt !== null) deps.log?.warn({ provider, doubt, missing, linked }, 'The listing is doubtful: no deletion was followed');
  return counts;
}

const missingPage = 500;

async function followMissing(deps: ActivityDeps, connected: ConnectedProvider, runId: string): Promise<void> {
  const provider = connected.provider.id;
  for (let after: string | null = null, isLast = false; !isLast; ) {
    const page: MissingLink[] = await listMissingLinks(deps.db, runId, { after, limit: missingPage });
    const gone = await withoutFound(connected, page);
    const found = page.filter((link) => !gone.includes(link));
    await forgetMissing(
      deps.db,
      runId,
      found.map(({ linkId }) => linkId),
    );
    await requireReads(
      deps.db,
      gone.map(({ linkId }) => linkId),
    );
    for (const { linkId, contactId } of gone)
      await deps.signalContact(contactId, { observe: [{ linkId, provider }], push: [], priority: priorities.bulk });
    after = page.at(-1)?.linkId ?? null;
    isLast = page.length < missingPage;
  }
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
  return finishRun(deps.db, runId, { outcome: 'failed' });
}
