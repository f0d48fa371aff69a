import { Command } from 'commander';
import { loadWorkspaces } from '#config.ts';
import { stopSignal } from './stop-signal.ts';

/** `accord api` */
export function apiCommand(): Command {
  return new Command('api').description('receive webhooks and serve the REST API until stopped').action(runApi);
}

async function runApi(): Promise<void> {
  const stopped = stopSignal();
  const { main, others } = loadWorkspaces({ need: ['database'] });
  const { startApi } = await import('#api/server.ts');
  const api = await startApi(main, others);
  process.send?.({ url: api.url });
  await stopped;
  await api.close();
}
