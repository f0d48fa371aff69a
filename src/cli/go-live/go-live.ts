import { Command, InvalidArgumentError } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { pollApi } from '#cli/poll-api.ts';
import { showLine, showNote, showProgress } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';
import { undoGoLiveCommand } from './undo-go-live.ts';

interface Run {
  id: string;
  provider: string;
  limit: number | null;
  state: 'running' | 'completed' | 'stopped' | 'failed';
  pushed: number;
  failed: number;
  error: string | null;
  webUi: string | null;
}

interface GoLiveOptions extends ApiOptions {
  account?: string;
  limit?: number;
  acceptUnread?: boolean;
}

/** `accord go-live` */
export function goLiveCommand(): Command {
  return (
    withApi(new Command('go-live'))
      .description('start writing to accounts that were only observed, or were paused; see `accord plan` first')
      .option('--account <account>', 'only this account; by default all that are not live')
      .option('--limit <contacts>', 'a canary: so many contacts of each account, and no others', parseLimit)
      .option('--accept-unread', 'go live though an account has not been read completely')
      .action(goLive)
      // Else `undo` would lose its options to this command.
      .enablePositionalOptions()
      .addCommand(undoGoLiveCommand())
  );
}

/** `accord pause` */
export function pauseCommand(): Command {
  return withApi(new Command('pause'))
    .description('stop writing to an account, and go on reading it; `accord resume` goes on')
    .argument('<account>', 'the account')
    .action(async (provider: string, options: ApiOptions) => {
      const path = `/api/v1/accounts/${encodeURIComponent(provider)}/pause`;
      const result = await callApi<{ mode: string }>(options, { method: 'POST', path });
      showLine(options.json ? JSON.stringify(result, null, 2) : `${provider} is ${result.mode}.`);
    });
}

/** `accord resume` */
export function resumeCommand(): Command {
  return withApi(new Command('resume'))
    .description('write to a paused account again, as before: a canary goes on as one')
    .argument('<account>', 'the account')
    .action(async (provider: string, options: ApiOptions) => {
      const path = `/api/v1/accounts/${encodeURIComponent(provider)}/resume`;
      await followAll(options, await callApi<{ runs: Run[] }>(options, { method: 'POST', path }));
    });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 10_000) return limit;
  throw new InvalidArgumentError('Use a whole number of contacts from 1 to 10000.');
}

async function goLive({ account, limit, acceptUnread = false, ...options }: GoLiveOptions): Promise<void> {
  const body = { provider: account, limit, accept_unread: acceptUnread };
  await followAll(options, await callApi<{ runs: Run[] }>(options, { method: 'POST', path: '/api/v1/go-live', body }));
}

async function followAll(options: ApiOptions, { runs }: { runs: Run[] }): Promise<void> {
  const ended: Run[] = [];
  for (const run of runs) ended.push(await follow(options, run));
  if (options.json) showLine(JSON.stringify({ runs: ended }, null, 2));
  if (ended.some(({ state }) => state === 'failed')) process.exitCode = 1;
}

async function follow(options: ApiOptions, { id, provider, limit }: Run): Promise<Run> {
  const total = limit ?? (await countWrites(options, provider));
  const bar = options.json ? null : showProgress(`Writing to ${provider}`, total);
  const ended = await pollApi<Run>(options, `/api/v1/go-live/${id}`, {
    isDone: ({ state }) => state !== 'running',
    onRead: ({ pushed, failed }) => bar?.update(pushed + failed),
  }).finally(() => bar?.stop());
  if (!options.json) report(ended);
  return ended;
}

async function countWrites(options: ApiOptions, provider: string): Promise<number> {
  type Plan = { accounts: { provider: string; counts: Record<string, number> }[] };
  const { accounts } = await callApi<Plan>(options, { method: 'GET', path: '/api/v1/plan' });
  const { create = 0, update = 0 } = accounts.find((account) => account.provider === provider)?.counts ?? {};
  return create + update;
}

function report({ provider, limit, state, pushed, failed, error, webUi }: Run): void {
  const retried = failed === 0 ? '' : `, ${failed} failed and are retried (accord plan)`;
  const canary = limit === null ? '' : ' It is a canary: accord go-live writes the rest.';
  if (state === 'completed') showLine(`${provider}: ${countOf(pushed, 'contact')} written${retried}.${canary}`);
  else if (state === 'stopped')
    showNote(`${provider}: stopped after ${countOf(pushed, 'contact')}${retried}. accord resume ${provider} goes on.`);
  else
    showNote(
      `${provider}: failed after ${countOf(pushed, 'contact')}${retried}. ${error ?? ''} ${webUi === null ? '' : `See ${webUi}`}`.trimEnd(),
    );
}
