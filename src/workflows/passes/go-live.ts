import {
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  rootCause,
  workflowInfo,
} from '@temporalio/workflow';
import type { StoreActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import type { GoLiveInput, GoLiveResult } from '#workflows/messages.ts';
import { goLiveActivities, pushSummary } from './bulk-activities.ts';

const store = describedActivities<Pick<StoreActivities, 'nextGoLivePage' | 'endGoLive'>>(
  { startToCloseTimeout: '30 minutes', heartbeatTimeout: '2 minutes' },
  { nextGoLivePage: 'Find contacts that the account lacks or has outdated', endGoLive: 'Record the result' },
);

/**
 * Pushes every contact that an account may get since its mode has changed. Ends when a person pauses the account.
 * Contacts whose push fails are left to their own workflows.
 */
export async function goLive(input: GoLiveInput): Promise<GoLiveResult> {
  const { runId } = input;
  const { state, ...counts } = await pushPages(input).catch(async (error) => {
    if (!(error instanceof ContinueAsNew)) await recordFailure(runId, error);
    throw error;
  });
  await store.endGoLive({ runId, counts, state });
  return { state, ...counts };
}

function recordFailure(runId: string, error: unknown): Promise<void> {
  const end = { runId, state: 'failed', error: rootCause(error) ?? 'The go-live failed' } as const;
  const counts = error instanceof CredentialsRefused ? { counts: error.counts } : {};
  // In a non-cancellable scope, so that a cancelled run is recorded as failed, too.
  return CancellationScope.nonCancellable(() => store.endGoLive({ ...end, ...counts }));
}

/** Fails the run with the vendor's refusal: every further contact would fail, too. */
class CredentialsRefused extends ApplicationFailure {
  readonly counts: Counts;

  constructor(message: string, counts: Counts) {
    super(message, 'AuthenticationError', true);
    this.counts = counts;
  }
}

type Counts = Pick<GoLiveResult, 'pushed' | 'failed'>;

async function pushPages(input: GoLiveInput): Promise<GoLiveResult> {
  const { runId, provider, resume = { after: null, pushed: 0, failed: 0 } } = input;
  let { after, ...counts } = resume;
  for (;;) {
    const { contactIds, isStopped } = await store.nextGoLivePage({ runId, provider, after, counts });
    if (contactIds.length === 0) return { state: isStopped ? 'stopped' : 'completed', ...counts };
    const { pushBatch } = goLiveActivities(input, { summary: pushSummary(contactIds), maximumAttempts: 10 });
    const { pushed, failed, refused } = await pushBatch({
      runId: null,
      stopsWhenRefused: true,
      ...{ provider, contactIds },
    });
    counts = { pushed: counts.pushed + pushed, failed: counts.failed + failed };
    if (refused !== undefined) throw new CredentialsRefused(refused, counts);
    after = contactIds.at(-1) ?? null;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof goLive>({ ...input, resume: { after, ...counts } });
  }
}
