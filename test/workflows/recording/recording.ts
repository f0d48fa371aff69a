import type { Accord, AccordOptions } from '#test/setup/accord.ts';

/** A scenario whose workflow runs are recorded. */
export interface Recording {
  name: string;
  options?: AccordOptions;
  /** Returns the runs to record, oldest first. */
  record(accord: Accord): Promise<Run[]>;
}

export interface Run {
  workflowId: string;
  runId: string;
}

/** The chain of runs up to this one, oldest first. */
export async function chainOf(accord: Accord, { workflowId, runId }: Run): Promise<Run[]> {
  const { events } = await accord.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  const run = { workflowId, runId };
  return before ? [...(await chainOf(accord, { workflowId, runId: before })), run] : [run];
}

/** The last run of a workflow, once it has closed. */
export async function lastRun(accord: Accord, workflowId: string): Promise<Run> {
  const handle = accord.temporal.workflow.getHandle(workflowId);
  await handle.result().catch(() => {});
  return { workflowId, runId: (await handle.describe()).runId };
}
