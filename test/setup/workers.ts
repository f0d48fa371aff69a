import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { ActivityDeps } from '#activities/deps.ts';
import { createWorkers } from '#workers/create-workers.ts';

export interface RunningWorkers {
  stop(): Promise<void>;
}

/** Starts workers inside the test's process, on their own task queues. */
export async function startWorkers(
  address: string,
  taskQueuePrefix: string,
  deps: ActivityDeps,
  namespace = 'default',
): Promise<RunningWorkers> {
  silenceRuntime();
  const bundle = { codePath: process.env.ACCORD_TEST_WORKFLOW_BUNDLE as string };
  const connection = await NativeConnection.connect({ address });
  const input = { connection, namespace, taskQueuePrefix, deps, bundle, roles: null };
  const workers: Worker[] = await createWorkers(input);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

let silenced = false;

/** Limits Temporal's native log to errors. Installs the runtime once per process. */
export function silenceRuntime(): void {
  if (silenced) return;
  silenced = true;
  const logger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR', forward: {} } }, shutdownSignals: [] });
}
