import { Command } from 'commander';
import { type ApiOptions, callApi, requestApi, withApi } from '#cli/call-api.ts';
import { saveResponse } from '#cli/files/save-response.ts';
import { showColumns, showLine, showNote } from '#cli/screen.ts';

interface AccountPlan {
  provider: string;
  mode: string | null;
  isRead: boolean;
  counts: Record<string, number>;
  recognised: number;
  addedTags: Record<string, number>;
  automations: string | null;
  samples: { operation: string; name: string | null }[];
}

/** `accord plan` */
export function planCommand(): Command {
  return withApi(new Command('plan'))
    .description('show what Accord would write to each account, and write nothing')
    .option('--csv <file>', 'write the whole plan to a file, one line per contact and account')
    .action(plan);
}

async function plan(options: ApiOptions & { csv?: string }): Promise<void> {
  if (options.csv !== undefined) return writeFile(options, options.csv);
  const result = await callApi<{ accounts: AccountPlan[] }>(options, { method: 'GET', path: '/api/v1/plan' });
  if (options.json) showLine(JSON.stringify(result, null, 2));
  else print(result.accounts);
}

const columns = {
  create: 'create',
  update: 'update',
  'in-step': 'in step',
  ask: 'ask',
  failed: 'failed',
  deleted: 'deleted',
  'not-wanted': 'not wanted',
};

function print(accounts: readonly AccountPlan[]): void {
  showColumns(
    ['account', 'mode', ...Object.values(columns), 'recognised'],
    accounts.map(({ provider, mode, counts, recognised }) => [
      ...[provider, mode ?? 'not connected'],
      ...Object.keys(columns).map((action) => counts[action] ?? 0),
      recognised,
    ]),
  );
  for (const { provider, samples } of accounts) {
    const names = samples.map(({ operation, name }) => `${operation} ${name ?? '(no name)'}`);
    if (names.length > 0) showLine(`  ${provider}: ${names.join(', ')}, …`);
  }
  for (const { provider, isRead, mode, addedTags, automations, counts } of accounts) {
    if (mode !== null && !isRead) showNote(`${provider} has not been read completely yet: the plan will change.`);
    const tags = Object.entries(addedTags).map(([tag, count]) => `${tag} (${count})`);
    if (tags.length > 0) showNote(`${provider} gets tags: ${tags.join(', ')}.`);
    const writes = (counts.create ?? 0) + (counts.update ?? 0);
    if (automations !== null && mode !== 'live' && writes > 0) showNote(automations);
  }
}

async function writeFile(options: ApiOptions, file: string): Promise<void> {
  await saveResponse(await requestApi(options, { method: 'GET', path: '/api/v1/plan/entries', isFile: true }), file);
  showLine(`The plan is in ${file}.`);
}
