import { Command } from 'commander';
import { loadWorkspaces } from '#config.ts';
import { stopSignal } from './stop-signal.ts';

/** `accord worker` */
export function workerCommand(): Command {
  return new Command('worker').description('run workflows and activities until stopped').action(runWorker);
}

async function runWorker(): Promise<void> {
  const stopping = new AbortController();
  const stopped = stopSignal().then(() => stopping.abort());
  const { main, others } = loadWorkspaces({ need: ['database', 'encryptionKey'] });
  const { startWorker } = await import('#worker.ts');
  const worker = await startWorker(main, stopping.signal, others).catch((error) => {
    if (!stopping.signal.aborted) throw error;
    return null;
  });
  if (worker === null) return;
  process.send?.({ ready: true, metricsUrl: worker.metricsUrl });
  await Promise.race([stopped, worker.ended]);
  await worker.close();
}
