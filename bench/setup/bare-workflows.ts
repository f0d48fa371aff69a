import { randomUUID } from 'node:crypto';
import type { Bench } from './bench.ts';
import { startHelper } from './helper-process.ts';

/** The floor of the sync figures: what Temporal alone takes for a workflow with as many activities, on the same server. */
export interface BareWorkflows {
  run(stages: Stages): Promise<BareRun>;
  /** Of its worker. */
  pid: number;
  stop(): Promise<void>;
}

/**
 * Its activities: those of a stage at once, one stage after the other, each on its queue. Accord's are on their provider's queue,
 * another one than the workflow's; on its own they are started eagerly.
 */
export type Stages = readonly (readonly QueueName[])[];

const furtherQueues = ['first', 'second', 'third'] as const;
type QueueName = 'own' | (typeof furtherQueues)[number];

/** A record is read at one provider and written at one other. */
export const readAndWrite = {
  'another queue': [['first'], ['first']],
  'the same queue': [['own'], ['own']],
} satisfies Record<string, Stages>;
export type ActivityQueue = keyof typeof readAndWrite;

/** A record is read at one provider and written at two others. */
export const readAndWriteTwo: Stages = [['first'], ['second', 'third']];

/** In milliseconds from just before `signalWithStart`. */
export interface BareRun {
  /** When the last activity ran: where Accord's change lands. */
  landedMs: number;
  /** When the result was there. */
  completedMs: number;
}

/** With a worker for each queue that these stages name, and no other. */
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

/** Milliseconds since 1970, as the worker's process counts them too. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
