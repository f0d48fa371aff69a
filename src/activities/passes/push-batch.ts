import { pushRecord } from '#activities/contact/push-record.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { describe } from '#activities/failures.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { addToRun } from '#db/sync/reconcile-runs.ts';
import { priorities } from '#domain/sync/priority.ts';
import { AuthenticationError } from '#providers/errors.ts';
import { batchCreates } from './batch-creates.ts';
import { findInListing } from './find-in-listing.ts';

export interface BatchInput {
  /** The full pass that counts the results; null outside one. */
  runId: string | null;
  provider: string;
  contactIds: string[];
  /** Refused credentials end the batch: the contacts that are left would all fail. Default: their own workflows try. */
  stopsWhenRefused?: boolean;
  cause: string;
  owner: string;
}

export interface BatchResult {
  pushed: number;
  failed: number;
  /** The vendor refuses our credentials, in one sentence. The contacts that are not counted were left alone. */
  refused?: string;
}

/** The provider's own concurrency limit and rate are lower. */
const concurrentWrites = 16;
/** Where creates are batched: each batch is made of concurrent creates. */
const concurrentBatchedWrites = 100;
/** For this many contacts, one listing of the provider is faster than a search for each. */
const minContactsToList = 20;

/**
 * Pushes many contacts in one activity, under the same intents, attempts and leases as a contact's own workflow. A contact whose
 * push fails, or that its workflow is writing now, is left to that workflow, where a person can see and retry it.
 */
export async function pushBatch(deps: ActivityDeps, batch: BatchInput, call: ActivityCall): Promise<BatchResult> {
  const connected = getConnected(deps, batch.provider);
  const client = batchCreates(connected.client);
  const lookup = batch.contactIds.length < minContactsToList ? {} : { findInListing: findInListing(connected.client) };
  const batched = { ...deps, providers: new Map([...deps.providers, [batch.provider, { ...connected, client, ...lookup }]]) };
  const concurrency = client === connected.client ? concurrentWrites : concurrentBatchedWrites;
  const refusals: AuthenticationError[] = [];
  const outcomes = await mapConcurrently(batch.contactIds, concurrency, async (contactId) => {
    if (refusals.length > 0) return 'left';
    const outcome = await pushOne(batched, batch, contactId, call);
    if (!(outcome instanceof AuthenticationError)) return outcome;
    refusals.push(outcome);
    return 'left';
  });
  const result = {
    pushed: outcomes.filter((outcome) => outcome === 'pushed').length,
    failed: outcomes.filter((outcome) => outcome === 'failed').length,
  };
  if (batch.runId !== null) await addToRun(deps.db, batch.runId, result);
  const [refusal] = refusals;
  return { ...result, ...(refusal && { refused: describe(refusal) }) };
}

async function pushOne(
  deps: ActivityDeps,
  { provider, cause, owner, stopsWhenRefused = false }: BatchInput,
  contactId: string,
  call: ActivityCall,
): Promise<'pushed' | 'failed' | 'in-step' | AuthenticationError> {
  try {
    const { outcome, outOfStep, again } = await pushRecord(deps, { contactId, provider, cause, owner }, call);
    const observe = again ? [{ linkId: again.linkId, provider }] : [];
    if (observe.length + outOfStep.length > 0)
      await deps.signalContact(contactId, { observe, push: outOfStep, priority: priorities.bulk });
    return outcome === 'in-step' || outcome === 'missing' ? 'in-step' : 'pushed';
  } catch (error) {
    if (call.signal?.aborted) throw error;
    if (stopsWhenRefused && error instanceof AuthenticationError) return error;
    await deps.signalContact(contactId, { observe: [], push: [provider], priority: priorities.bulk });
    return 'failed';
  }
}
