import { randomUUID } from 'node:crypto';
import type { Bench } from './bench.ts';
import { startHelper } from './helper-process.ts';

/** The floor of the sync figures: what Temporal alone takes for a workflow with as many activities, on the same server. */
export interface BareWorkflows {
  run(queue: ActivityQueue): Promise<BareRun>;
  /** Of its worker. */
  pid: number;
  stop(): Promise<void>;
}

/** Accord's activities are on their provider's queue, another one than the workflow's; on the same one they are started eagerly. */
export type ActivityQueue = 'another queue' | 'the same queue';

/** In milliseconds from just before `signalWithStart`. */
export interface BareRun {
  /** When the second activity ran: where Accord's change lands. */
  landedMs: number;
  /** When the result was there. */
  completedMs: number;
}

export async function startBareWorkflows({ stack, temporal }: Bench): Promise<BareWorkflows> {
  const taskQueue = 'bare';
  const worker = await startHelper<never, string>('bare-worker.ts', { BENCH_TEMPORAL: stack.temporal, BENCH_QUEUE: taskQueue });

  async function run(queue: ActivityQueue): Promise<BareRun> {
    const activityQueue = queue === 'the same queue' ? taskQueue : `${taskQueue}-activities`;
    const startedAt = now();
    const handle = await temporal.workflow.signalWithStart('bareWorkflow', {
      workflowId: `bare/${randomUUID()}`,
      taskQueue,
      args: [{ activityQueue }],
      signal: 'go',
    });
    const landedAt = (await handle.result()) as number;
    return { landedMs: landedAt - startedAt, completedMs: now() - startedAt };
  }

  return { run, pid: worker.pid, stop: worker.stop };
}

/** Milliseconds since 1970, as the worker's process counts them too. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
