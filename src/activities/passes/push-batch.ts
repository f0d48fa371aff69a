import { pushRecord } from '#activities/contact/push-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { addToRun } from '#db/sync/reconcile-runs.ts';
import { priorities } from '#domain/priority.ts';
import type { CallOptions } from '#providers/provider.ts';
import { batchCreates } from './batch-creates.ts';
import { findInListing } from './find-in-listing.ts';

export interface BatchInput {
  /** The full pass that counts it; null for others. */
  runId: string | null;
  provider: string;
  contactIds: string[];
  cause: string;
  owner: string;
}

/** The provider's own concurrency limit and rate come below this. */
const writesAtOnce = 16;
/** Where creates go in batches, each batch is what is asked for at the same time. */
const batchedAtOnce = 100;
/** For so many it is quicker to list a provider's records once than to search for each. */
const manyContacts = 20;

/**
 * Pushes many contacts in one activity, under the same intents, attempts and leases as a contact's own workflow.
 * One that fails, or that its workflow is writing just now, is left to that workflow, where a person can see and retry it.
 */
export async function pushBatch(deps: ActivityDeps, batch: BatchInput, call: CallOptions, onProgress: () => void): Promise<void> {
  const connected = getConnected(deps, batch.provider);
  const client = batchCreates(connected.client);
  const listed = batch.contactIds.length < manyContacts ? {} : { listed: findInListing(connected.client) };
  const batched = { ...deps, providers: new Map([...deps.providers, [batch.provider, { ...connected, client, ...listed }]]) };
  const atOnce = client === connected.client ? writesAtOnce : batchedAtOnce;
  const outcomes = await mapConcurrently(batch.contactIds, atOnce, async (contactId) => {
    const outcome = await pushOne(batched, batch, contactId, call);
    onProgress();
    return outcome;
  });
  if (batch.runId === null) return;
  await addToRun(deps.db, batch.runId, {
    pushed: outcomes.filter((outcome) => outcome === 'pushed').length,
    failed: outcomes.filter((outcome) => outcome === 'failed').length,
  });
}

async function pushOne(
  deps: ActivityDeps,
  batch: BatchInput,
  contactId: string,
  call: CallOptions,
): Promise<'pushed' | 'failed' | 'in-step'> {
  try {
    const { outcome, outOfStep, again } = await pushRecord(
      deps,
      { contactId, provider: batch.provider, cause: batch.cause, owner: batch.owner },
      call,
    );
    const observe = again ? [{ linkId: again.linkId, provider: batch.provider }] : [];
    if (observe.length + outOfStep.length > 0)
      await deps.announce(contactId, { observe, push: outOfStep, priority: priorities.bulk });
    return outcome === 'in-step' || outcome === 'missing' ? 'in-step' : 'pushed';
  } catch (error) {
    if (call.signal?.aborted) throw error;
    await deps.announce(contactId, { observe: [], push: [batch.provider], priority: priorities.bulk });
    return 'failed';
  }
}
