import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ContinueAsNew,
  condition,
  continueAsNew,
  executeChild,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { StoreActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import { reconcileWorkflowId } from '#workflows/ids.ts';
import {
  isPassPausedQuery,
  pausePassSignal,
  type ReconcileInput,
  type ReconcileResult,
  resumePassSignal,
  type SkippedPass,
} from '#workflows/messages.ts';
import { reconcileSummary } from '#workflows/summaries.ts';
import { bulkActivities, pushEach, pushSummary } from './bulk-activities.ts';

interface Pause {
  /** Resolves when the pass is not paused. */
  over(): Promise<void>;
  /** For the next run. */
  carry(): { isPaused?: true };
}

/** Neither signal adds a command to the history. */
function handlePause(isPausedBefore = false): Pause {
  let isPaused = isPausedBefore;
  const setPaused = (value: boolean) => {
    isPaused = value;
  };
  setHandler(pausePassSignal, () => setPaused(true), { description: 'Waits after the page that is being read.' });
  setHandler(resumePassSignal, () => setPaused(false), { description: 'Goes on with the next page.' });
  setHandler(isPassPausedQuery, () => isPaused, { description: 'Whether the pass waits for resumePass.' });
  return {
    over: () => condition(() => !isPaused),
    carry: () => (isPaused ? { isPaused: true } : {}),
  };
}

/** Pages of one run before the workflow continues as new. */
const pagesPerRun = 100;

type PassActivities = Pick<StoreActivities, 'startRun' | 'completeRun' | 'failRun' | 'listUnplacedContacts'>;

const store = describedActivities<PassActivities>(
  { startToCloseTimeout: '10 minutes', heartbeatTimeout: '1 minute' },
  {
    startRun: 'Record that the pass starts',
    completeRun: 'Find deleted records and record the result',
    failRun: 'Record that the pass failed or was cancelled',
    listUnplacedContacts: 'Find contacts that the provider lacks',
  },
);

/**
 * The full pass: lists every record of a provider, page by page, repairs drift, and pushes the contacts that the provider lacks.
 * Memory and history are bounded by the page; an unchanged record costs its share of a list call. It can be paused between pages.
 */
export async function reconcileProvider(input: ReconcileInput): Promise<ReconcileResult | SkippedPass> {
  const workflowId = reconcileWorkflowId(input.taskQueuePrefix, input.provider);
  // A schedule adds the time to the ids of its workflows: the pass itself is a child with the id of which there is one.
  if (workflowInfo().workflowId !== workflowId && patched('one-pass-at-a-time')) return runAlone(input, workflowId);
  return reconcile(input);
}

async function runAlone(input: ReconcileInput, workflowId: string): Promise<ReconcileResult | SkippedPass> {
  try {
    return await executeChild(reconcileProvider, {
      ...{ workflowId, args: [input] as [ReconcileInput] },
      staticSummary: reconcileSummary(input.provider),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { skipped: 'A full pass over this account runs already.' };
    throw error;
  }
}

async function reconcile(input: ReconcileInput): Promise<ReconcileResult> {
  const { provider, acceptsLoss = false } = input;
  const pause = handlePause(input.resume?.isPaused);
  const runId = input.resume?.runId ?? (await store.startRun({ provider, trigger: input.trigger }));
  try {
    const isListed = input.resume?.placedUntil !== undefined;
    const cursor = isListed ? null : await readPages(input, runId, pause);
    if (cursor !== null)
      return await continueAsNew<typeof reconcileProvider>({ ...input, resume: { runId, cursor, ...pause.carry() } });
    const after = await pushUnlinkedContacts(input, runId, pause);
    if (after !== null)
      return await continueAsNew<typeof reconcileProvider>({
        ...input,
        resume: { runId, cursor: null, placedUntil: after, ...pause.carry() },
      });
    return { runId, counts: await store.completeRun({ runId, provider, ...(acceptsLoss && { acceptsLoss }) }) };
  } catch (error) {
    // In a non-cancellable scope, so that a cancelled pass is recorded as failed, too.
    if (!(error instanceof ContinueAsNew)) await CancellationScope.nonCancellable(() => store.failRun({ runId }));
    throw error;
  }
}

/**
 * Pushes the contacts that the provider should hold and lacks, for example because it was connected later. Returns the last contact
 * id when the next run must continue after it, or null when all are pushed.
 */
async function pushUnlinkedContacts(
  { provider, taskQueuePrefix, resume }: ReconcileInput,
  runId: string,
  pause: Pause,
): Promise<string | null> {
  // Passes that started before this step existed end without it.
  if (!patched('place-everybody')) return null;
  let after = resume?.placedUntil ?? null;
  for (let pages = 0; pages < pagesPerRun && !workflowInfo().continueAsNewSuggested; pages += 1) {
    await pause.over();
    const contactIds = await store.listUnplacedContacts({ provider, after });
    if (contactIds.length === 0) return null;
    await bulkActivities(taskQueuePrefix, provider, pushSummary(contactIds)).pushBatch({ runId, provider, contactIds });
    after = contactIds.at(-1) ?? null;
  }
  return after;
}

/** Reads the pages, and pushes the drift of each while the next is read. Returns the cursor for the next run, or null after the last page. */
async function readPages(
  { provider, taskQueuePrefix, resume, activityTimeout }: ReconcileInput,
  runId: string,
  pause: Pause,
): Promise<string | null> {
  let cursor = resume?.cursor ?? null;
  let pushing: Promise<unknown> = Promise.resolve();
  for (let pages = 0; pages < pagesPerRun && !workflowInfo().continueAsNewSuggested; pages += 1) {
    await pause.over();
    const { reconcilePage } = bulkActivities(taskQueuePrefix, provider, `compare page ${pages + 1} of this run`, {
      activityTimeout,
    });
    const [page] = await Promise.all([reconcilePage({ runId, provider, cursor }), pushing]);
    pushing = pushEach(taskQueuePrefix, page.push, runId);
    cursor = page.cursor;
    if (cursor === null) break;
  }
  await pushing;
  return cursor;
}
