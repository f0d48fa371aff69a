import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { finishUndo } from '#db/sync/go-live-runs.ts';
import { hasWriteUnderWay, listLinksToUndo } from '#db/sync/go-live-writes.ts';
import { undoRecord } from './undo-record.ts';

export interface UndoPageInput {
  runIds: string[];
  provider: string;
  /** No page was returned before. */
  isFirst: boolean;
}

const pageSize = 200;

/**
 * The next records that some go-lives wrote to. The account is in `observe` by now; the first page waits until the writes that were
 * planned before have ended.
 */
export async function nextUndoPage({ db }: ActivityDeps, { runIds, provider, isFirst }: UndoPageInput): Promise<string[]> {
  if (isFirst && (await hasWriteUnderWay(db, provider))) throw new RecordBusyError(`A write to ${provider} is under way`);
  return listLinksToUndo(db, runIds, { after: null, limit: pageSize });
}

export interface UndoBatch {
  runIds: string[];
  provider: string;
  linkIds: string[];
  cause: string;
  owner: string;
}

/** The provider's own concurrency limit and rate are lower. */
const concurrentRecords = 16;

/** Undoes the writes to some records. A busy record is retried after the others. */
export async function undoBatch(deps: ActivityDeps, { linkIds, ...batch }: UndoBatch, call: ActivityCall): Promise<void> {
  const busy: RecordBusyError[] = [];
  await mapConcurrently(linkIds, concurrentRecords, async (linkId) => {
    try {
      await undoRecord(deps, { ...batch, linkId }, call);
    } catch (error) {
      if (!(error instanceof RecordBusyError)) throw error;
      busy.push(error);
    }
  });
  const [first] = busy;
  if (first) throw first;
}

export interface UndoEnd {
  runIds: string[];
  state: 'completed' | 'failed';
  /** Why it failed, in one sentence. */
  error: string | null;
}

export function endUndo({ db }: ActivityDeps, { runIds, state, error }: UndoEnd): Promise<void> {
  return finishUndo(db, runIds, { state, error });
}
