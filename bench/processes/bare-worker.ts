import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { serveParent } from '#bench/setup/helper-process.ts';

const activities = {
  /** Returns the current time, in milliseconds since 1970. */
  empty: async () => performance.timeOrigin + performance.now(),
};

export type BareActivities = typeof activities;

/** The floor of the sync figures: one worker for the workflow and one for each further queue, as in Accord's own worker. */
const { BENCH_TEMPORAL = '', BENCH_QUEUE = '', BENCH_FURTHER_QUEUES = '' } = process.env;
const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
Runtime.install({ logger: silent, shutdownSignals: [] });
const workflowsPath = fileURLToPath(new URL('./bare-workflow.ts', import.meta.url));
const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: silent });
const connection = await NativeConnection.connect({ address: BENCH_TEMPORAL });
const workers = await Promise.all([
  Worker.create({ connection, taskQueue: BENCH_QUEUE, workflowBundle, activities, maxCachedWorkflows: 1_000 }),
  ...BENCH_FURTHER_QUEUES.split(',').map((taskQueue) => Worker.create({ connection, taskQueue, activities })),
]);
for (const worker of workers) void worker.run();
serveParent('ready', async () => 'ready');
