import type { ActivityDeps } from '#activities/deps.ts';
import { listOutstanding } from '#contacts/plan/outstanding.ts';
import type { PlannedContact } from '#contacts/plan/plan-contacts.ts';
import { findAccount } from '#db/sync/account-modes.ts';
import { finishGoLiveRun, saveGoLiveCounts } from '#db/sync/go-live-runs.ts';

export interface GoLivePage {
  /** Contacts whose record at the account must be created or updated. */
  contactIds: string[];
  /** The account may not be written to any more: somebody paused it. */
  isStopped: boolean;
}

export interface GoLiveProgress {
  runId: string;
  provider: string;
  /** The last contact of the previous page; null for the first page. */
  after: string | null;
  counts: { pushed: number; failed: number };
}

/** One batch needs one listing of the vendor's records to find those that exist already, so that batches are large. */
const batchSize = 1_000;

/** Stores the counts so far, and returns the contacts to push next. */
export async function nextGoLivePage(
  deps: ActivityDeps,
  { runId, provider, after, counts }: GoLiveProgress,
): Promise<GoLivePage> {
  await saveGoLiveCounts(deps.db, runId, counts);
  const mode = (await findAccount(deps.db, provider))?.mode;
  if (mode !== 'live' && mode !== 'canary') return { contactIds: [], isStopped: true };
  const isHere = ({ contact }: PlannedContact) => contact.liveAt.includes(provider);
  return { contactIds: await listOutstanding(deps, { provider, after, limit: batchSize, isHere }), isStopped: false };
}

export interface GoLiveEnd {
  runId: string;
  state: 'completed' | 'stopped' | 'failed';
  /** Omitted after a failure: the last counts stay. */
  counts?: GoLiveProgress['counts'];
  /** Why it failed, in one sentence. Histories from before it existed hold none. */
  error?: string;
}

export async function endGoLive({ db }: ActivityDeps, { runId, counts, state, error }: GoLiveEnd): Promise<void> {
  if (counts) await saveGoLiveCounts(db, runId, counts);
  await finishGoLiveRun(db, runId, { state, error: error ?? null });
}
