import { createApiKey } from '#db/api-keys.ts';
import { openInstallation } from '#test/production-shape/installation.ts';
import { type AccordProcess, killProcess, startLoggedProcess } from '#test/setup/processes.ts';

/** An api and a worker as operators run them, whose logs and metrics a test reads. */
export async function startObservedRun(env: Record<string, string> = {}) {
  const installation = await openInstallation();
  const { databaseUrl, taskQueuePrefix, sandboxes, db } = installation;
  const temporalAddress = String(process.env.ACCORD_TEST_TEMPORAL_ADDRESS);
  const lines: { api: string[]; worker: string[] } = { api: [], worker: [] };
  const own = { ...(await installation.envOf()), LOG_LEVEL: 'debug', WORKER_METRICS_ADDRESS: '127.0.0.1:0', ...env };
  const start = (name: 'api' | 'worker', change: Record<string, string> = {}) =>
    startLoggedProcess(name, { databaseUrl, taskQueuePrefix, temporalAddress }, { ...own, ...change }, (line) =>
      lines[name].push(line),
    );
  const [api, worker] = await Promise.all([start('api', installation.apis[0].env), start('worker')]);
  const running: AccordProcess[] = [api, worker];
  const { key } = await createApiKey(installation.db, { name: 'test', scopes: ['admin'], expiresAt: null });

  return {
    ...{ sandboxes, db, lines, installation, key },
    api: String(api.url),
    workerMetrics: String(worker.metricsUrl),
    async close() {
      await Promise.all(running.map(({ child }) => killProcess(child)));
      await installation.close();
    },
  };
}
