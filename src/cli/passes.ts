import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from './call-api.ts';
import { showColumns, showLine, toMinute } from './screen.ts';

interface Drift {
  linked: number;
  found: number;
  repaired: number;
  remaining: number;
  foundPercent: number;
  remainingPercent: number;
}

interface Pass {
  provider: string;
  trigger: string;
  counts: Record<string, number | null>;
  drift: Drift | null;
  doubt: string | null;
  startedAt: string;
  finishedAt: string | null;
  outcome: string | null;
}

interface Started {
  provider: string;
  isNew: boolean;
  webUi: string | null;
}

interface Paused {
  provider: string;
  isPaused: boolean;
  isRunning: boolean;
}

/** `accord passes` */
export function passesCommand(): Command {
  // Else the subcommands would lose their options to this command.
  const passes = new Command('passes')
    .description(
      'show the full passes, which compare every record of an account with what Accord knows; start, pause and resume them',
    )
    .enablePositionalOptions();
  passes.addCommand(listCommand(), { isDefault: true });
  passes.addCommand(startCommand());
  passes.addCommand(pauseCommand('pause'));
  passes.addCommand(pauseCommand('resume'));
  return passes;
}

function listCommand(): Command {
  return withApi(new Command('list'))
    .description('list the passes, newest first')
    .option('--account <account>', 'only passes over this account')
    .option('--limit <count>', 'how many passes', '10')
    .action(async ({ account: provider, limit, ...options }: ApiOptions & { account?: string; limit: string }) => {
      const query = { provider, limit };
      const { runs } = await callApi<{ runs: Pass[] }>(options, { method: 'GET', path: '/sync/runs', query });
      if (options.json) return showLine(JSON.stringify({ runs }, null, 2));
      if (runs.length === 0) return showLine('No pass has run yet.');
      showColumns(['account', 'started', 'state', 'linked', 'found', 'repaired', 'remaining', 'note'], runs.map(toRow));
    });
}

function toRow({ provider, startedAt, finishedAt, outcome, drift, doubt, counts }: Pass): (string | number)[] {
  const state = outcome ?? (finishedAt === null ? 'running' : 'ended');
  const note = doubt === null ? '' : `${counts.missing ?? 0} missing, listing ${doubt}: no deletion was followed`;
  const shown = drift
    ? [
        drift.linked,
        `${drift.found} (${drift.foundPercent} %)`,
        drift.repaired,
        `${drift.remaining} (${drift.remainingPercent} %)`,
      ]
    : ['', '', '', ''];
  return [provider, toMinute(startedAt), state, ...shown, note];
}

function startCommand(): Command {
  return withApi(new Command('start'))
    .description('start a full pass over an account, or over all')
    .argument('[account]', 'the account')
    .option('--accept-loss', 'the records that the last pass did not find were really deleted: follow that')
    .action(async (provider: string | undefined, { acceptLoss = false, ...options }: ApiOptions & { acceptLoss?: boolean }) => {
      const body = { provider, acceptLoss };
      const { runs } = await callApi<{ runs: Started[] }>(options, { method: 'POST', path: '/sync/trigger', body });
      if (options.json) return showLine(JSON.stringify({ runs }, null, 2));
      for (const { provider: account, isNew } of runs)
        showLine(isNew ? `${account}: started` : `${account}: a pass runs already, and no second one was started`);
    });
}

function pauseCommand(action: 'pause' | 'resume'): Command {
  return withApi(new Command(action))
    .description(
      action === 'pause'
        ? 'pause the passes over an account; a running one stops after its current page'
        : 'resume the passes over an account; a paused one continues where it stopped',
    )
    .argument('<account>', 'the account')
    .action(async (provider: string, options: ApiOptions) => {
      const path = `/sync/${action}`;
      const paused = await callApi<Paused>(options, { method: 'POST', path, body: { provider } });
      if (options.json) return showLine(JSON.stringify(paused, null, 2));
      const running = paused.isRunning
        ? paused.isPaused
          ? ' The running one stops after its current page.'
          : ' The running one continues.'
        : '';
      showLine(`The passes over ${provider} are ${paused.isPaused ? 'paused' : 'not paused'}.${running}`);
    });
}
