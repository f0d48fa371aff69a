import type { Accord, AccordOptions } from '#test/setup/accord.ts';

/** What is run to be recorded. */
export interface Recording {
  name: string;
  options?: AccordOptions;
  /** Gives the runs to keep, oldest first. */
  record(accord: Accord): Promise<Run[]>;
}

export interface Run {
  workflowId: string;
  runId: string;
}

/** The runs from the first to this one, oldest first. */
export async function chainOf(accord: Accord, { workflowId, runId }: Run): Promise<Run[]> {
  const { events } = await accord.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  const run = { workflowId, runId };
  return before ? [...(await chainOf(accord, { workflowId, runId: before })), run] : [run];
}

/** The last run of a workflow, once it is over however it ended. */
export async function lastRun(accord: Accord, workflowId: string): Promise<Run> {
  const handle = accord.temporal.workflow.getHandle(workflowId);
  await handle.result().catch(() => {});
  return { workflowId, runId: (await handle.describe()).runId };
}
