import { randomUUID } from 'node:crypto';
import type { Bench } from './bench.ts';
import { startHelper } from './helper-process.ts';

/** The floor of the sync figures: the time of a workflow with as many empty activities, on the same server. */
export interface BareWorkflows {
  run(stages: Stages): Promise<BareRun>;
  /** Process id of the worker. */
  pid: number;
  stop(): Promise<void>;
}

/**
 * Activities by stage, each on its queue. The activities of a stage run in parallel, the stages in order. Accord's activities run on
 * their provider's queue, which is not the workflow's; activities on the workflow's queue start eagerly.
 */
export type Stages = readonly (readonly QueueName[])[];

const furtherQueues = ['first', 'second', 'third'] as const;
type QueueName = 'own' | (typeof furtherQueues)[number];

/** Reads a record at one provider and writes it at another one. */
export const readAndWrite = {
  'another queue': [['first'], ['first']],
  'the same queue': [['own'], ['own']],
} satisfies Record<string, Stages>;
export type ActivityQueue = keyof typeof readAndWrite;

/** Reads a record at one provider and writes it at two others. */
export const readAndWriteTwo: Stages = [['first'], ['second', 'third']];

/** Milliseconds since just before `signalWithStart`. */
export interface BareRun {
  /** The last activity ran. Accord's change lands there. */
  landedMs: number;
  /** The result arrived. */
  completedMs: number;
}

/** Starts a worker for each queue of these stages. */
export async function startBareWorkflows({ stack, temporal }: Bench, all: readonly Stages[]): Promise<BareWorkflows> {
  const taskQueue = 'bare';
  const queueOf = (name: QueueName) => (name === 'own' ? taskQueue : `${taskQueue}-${name}`);
  const named = new Set(all.flat(2));
  const worker = await startHelper<never, string>('bare-worker.ts', {
    BENCH_TEMPORAL: stack.temporal,
    BENCH_QUEUE: taskQueue,
    BENCH_FURTHER_QUEUES: furtherQueues
      .filter((name) => named.has(name))
      .map(queueOf)
      .join(),
  });

  async function run(stages: Stages): Promise<BareRun> {
    const startedAt = now();
    const handle = await temporal.workflow.signalWithStart('bareWorkflow', {
      workflowId: `bare/${randomUUID()}`,
      taskQueue,
      args: [{ stages: stages.map((names) => names.map(queueOf)) }],
      signal: 'go',
    });
    const landedAt = (await handle.result()) as number;
    return { landedMs: landedAt - startedAt, completedMs: now() - startedAt };
  }

  return { run, pid: worker.pid, stop: worker.stop };
}

/** Milliseconds since 1970, by the same clock as the worker's process. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
