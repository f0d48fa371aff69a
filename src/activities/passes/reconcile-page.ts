import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { addToRun, markSeen } from '#db/sync/reconcile-runs.ts';
import { observePage } from './observe-page.ts';

export interface PageInput {
  runId: string;
  provider: string;
  cursor: string | null;
  cause: string;
}

export interface PageResult {
  cursor: string | null;
  /** Contacts that the pass itself must push, by provider: ids only, at most one page of them. */
  push: Record<string, string[]>;
}

/** Lists one page of a full pass and observes the records that drifted. */
export async function reconcilePage(
  deps: ActivityDeps,
  { runId, provider, cursor, cause }: PageInput,
  call: ActivityCall,
  onProgress: () => void,
): Promise<PageResult> {
  const connected = getConnected(deps, provider);
  const page = await connected.client.list({ cursor }, call);
  const { records, unreadable } = page;
  const { counts, known, drifted, push } = await observePage(deps, { connected, records, unreadable, cause, call, onProgress });
  await markSeen(deps.db, runId, { linkIds: known.map(({ id }) => id), drifted });
  await addToRun(deps.db, runId, { ...counts, ...(page.total === null ? {} : { total: page.total }) });
  return { cursor: page.cursor, push };
}
