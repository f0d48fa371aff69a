import type { Client } from '@temporalio/client';
import { Runtime, type RuntimeOptions, type WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createLogger, forWorkspace } from './logger.ts';
import { createTemporalClient } from './temporal.ts';
import { startTracing } from './tracing/start-tracing.ts';
import { installWithMetrics } from './workers/monitoring/core-metrics.ts';
import { serveMetrics } from './workers/monitoring/metrics-server.ts';
import { createWorkerMetrics } from './workers/monitoring/worker-metrics.ts';
import type { WorkerConfig } from './workers/start-generation.ts';
import { type RunningWorker, startWorkspace, type WorkspaceContext } from './workers/start-workspace.ts';
import { toTemporalLogger } from './workers/temporal-logger.ts';
import { loadWorkflowBundle } from './workflow-bundle.ts';

/**
 * Starts the workers that run workflows and activities, and creates the schedules. Waits while Temporal does not answer, until `signal`
 * is aborted: then it rejects. The further `workspaces` start in the background: one whose database is away delays no other.
 */
export async function startWorker(
  config: WorkerConfig,
  signal: AbortSignal = new AbortController().signal,
  workspaces: readonly WorkerConfig[] = [],
): Promise<RunningWorker & { metricsUrl: string | null }> {
  const logger = createLogger({ level: config.logLevel });
  // First, because it refuses settings that cannot be used.
  const client = createTemporalClient(config.workspace?.temporal);
  const further = workspaces.map((each) => ({ config: each, client: createTemporalClient(each.workspace?.temporal) }));
  const monitoring = await startMonitoring(config.workerMetrics, logger);
  const metrics = monitoring?.metrics ?? null;
  const tracing = await startTracing('accord-worker', logger);
  let bundle: Promise<WorkflowBundleOption> | undefined;
  const loadBundle = () => (bundle ??= loadWorkflowBundle(config.workflowBundle));
  const others = startOthers(further, { logger, loadBundle, metrics, tracing });
  try {
    const main = await startWorkspace(config, { client, logger, loadBundle, metrics, tracing, signal });
    return {
      metricsUrl: monitoring?.url ?? null,
      ended: workspaces.length === 0 ? main.ended : Promise.race([main.ended, others.ended]),
      async close() {
        await Promise.all([main.close(), others.close()]);
        monitoring?.close();
        await tracing.close();
      },
    };
  } catch (error) {
    await others.close();
    monitoring?.close();
    await tracing.close();
    throw error;
  }
}

/** Installs Temporal's runtime. With an `address`, serves metrics there. */
async function startMonitoring(address: WorkerConfig['workerMetrics'], logger: Logger) {
  const runtime: RuntimeOptions = {
    logger: toTemporalLogger(logger),
    shutdownSignals: [],
    // Otherwise the SDK's core writes lines of its own to standard output, which are no JSON.
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  };
  if (address === null) {
    Runtime.install(runtime);
    return null;
  }
  const readCore = await installWithMetrics(runtime);
  const metrics = createWorkerMetrics();
  const { url, close } = await serveMetrics(address, { registry: metrics.registry, readCore });
  logger.info({ url }, 'The worker serves its metrics');
  return { metrics, url, close };
}

/** Starts the workers of further workspaces in the background. `ended` rejects after a fatal error of one of them. */
function startOthers(
  workspaces: readonly { config: WorkerConfig; client: Client }[],
  context: Omit<WorkspaceContext, 'client' | 'signal'>,
): RunningWorker {
  const closing = new AbortController();
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const starts = workspaces.map(async ({ config, client }) => {
    const logger = forWorkspace(context.logger, config.workspace);
    try {
      const worker = await startWorkspace(config, { ...context, client, logger, signal: closing.signal });
      worker.ended.catch(reject);
      return worker;
    } catch (error) {
      if (!closing.signal.aborted) reject(error);
      return null;
    }
  });
  return {
    ended,
    async close() {
      closing.abort();
      await Promise.all(starts.map(async (starting) => (await starting)?.close()));
      resolve();
    },
  };
}
