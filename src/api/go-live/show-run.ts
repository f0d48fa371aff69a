import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { timeOf } from '#api/rest/page.ts';
import { webUiLink } from '#api/web-ui.ts';
import type { GoLiveRun } from '#db/sync/go-live-runs.ts';
import { countUndone, type UndoCounts } from '#db/sync/go-live-writes.ts';
import { goLiveWorkflowId, undoGoLiveWorkflowId } from '#workflows/ids.ts';

export const undoCounts = {
  removed: z.int().meta({ description: 'Records that the go-live had created, and that are deleted.' }),
  restored: z.int().meta({ description: 'Records that have their former values.' }),
  left: z.int().meta({ description: 'Records that stay as they are.' }),
};

const runUndo = z.object({
  state: z
    .enum(['running', 'completed', 'failed', 'expired'])
    .meta({ description: '`expired`: the writes are past their retention, and can no longer be taken back.' }),
  ...undoCounts,
  error: z.string().nullable(),
  actor: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  webUi: z.string().nullable(),
});

export const goLiveRun = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    limit: z.int().nullable().meta({ description: 'The number of contacts of a canary; null for all.' }),
    state: z
      .enum(['running', 'completed', 'stopped', 'failed'])
      .meta({ description: '`stopped`: somebody paused the account, or undid the go-live.' }),
    pushed: z.int().meta({ description: 'Contacts written so far.' }),
    failed: z.int().meta({ description: 'Contacts whose write failed. Their own workflows retry it.' }),
    error: z.string().nullable().meta({ description: 'Why it failed, in one sentence. Going live again goes on.' }),
    undo: runUndo.nullable().meta({ description: 'Null while nobody has undone it.' }),
    actor: z.string(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    webUi: z.string().nullable(),
  })
  .meta({ id: 'GoLiveRun' });

export const goLiveRuns = z.object({ runs: z.array(goLiveRun) });

/** Runs as the api shows them. */
export async function showRuns(deps: ApiDeps, runs: readonly GoLiveRun[]): Promise<z.input<typeof goLiveRun>[]> {
  const undone = runs.filter(({ undo_state }) => undo_state !== null).map(({ id }) => id);
  const counts = await countUndone(deps.db, undone);
  return runs.map((run) => showRun(deps, run, counts.get(run.id) ?? { removed: 0, restored: 0, left: 0 }));
}

function showRun(deps: ApiDeps, run: GoLiveRun, counts: UndoCounts): z.input<typeof goLiveRun> {
  const { id, provider, contact_limit: limit, state, pushed, failed, error, actor, started_at, finished_at } = run;
  return {
    ...{ id, provider, limit, state, pushed, failed, error, actor },
    undo: run.undo_state && {
      ...{ state: run.undo_state, ...counts, error: run.undo_error, actor: run.undo_actor },
      ...{ startedAt: timeOf(run.undo_started_at), finishedAt: timeOf(run.undo_finished_at) },
      webUi: webUiLink(deps, undoGoLiveWorkflowId(deps.taskQueuePrefix, provider)),
    },
    startedAt: started_at.toISOString(),
    finishedAt: timeOf(finished_at),
    webUi: webUiLink(deps, goLiveWorkflowId(deps.taskQueuePrefix, provider)),
  };
}
