import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { pollApi } from '#cli/poll-api.ts';
import { showLine, showNote, showProgress } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';

interface Run {
  id: string;
  provider: string;
  undo: ({ state: 'running' | 'completed' | 'failed' | 'expired'; error: string | null } & Counts) | null;
}

interface Counts {
  removed: number;
  restored: number;
  left: number;
}

interface LeftRecord {
  externalId: string | null;
  outcome: 'removed' | 'restored' | 'left';
  reason: keyof typeof reasons | null;
  fields: string[];
  error: string | null;
}

type Undo = Counts & { run: Run; stays: LeftRecord[] };

interface Options extends ApiOptions {
  account?: string;
  run?: string;
  dryRun?: boolean;
}

/** `accord go-live undo` */
export function undoGoLiveCommand(): Command {
  return withApi(new Command('undo'))
    .description(
      'take back what was written since going live: delete created records, restore changed ones, keep what was edited',
    )
    .option('--account <account>', 'only this account; by default all that went live')
    .option('--run <id>', 'this go-live and the later ones of its account, and no earlier ones')
    .option('--dry-run', 'change nothing, and show what would be taken back')
    .action(undo);
}

async function undo({ account, run, dryRun = false, ...options }: Options): Promise<void> {
  const ids = run === undefined ? await findFirstRuns(options, account) : [run];
  const query = { preview: dryRun ? 'true' : undefined };
  const started: Undo[] = [];
  for (const id of ids) started.push(await callApi<Undo>(options, { method: 'POST', path: `/api/v1/go-live/${id}/undo`, query }));
  const ended = dryRun ? started : await Promise.all(started.map((each) => follow(options, each)));
  if (options.json) showLine(JSON.stringify({ dryRun, undone: ended }, null, 2));
  else for (const each of ended) report(each, dryRun);
  if (ended.some((each) => each.run.undo?.state === 'failed' && !dryRun)) process.exitCode = 1;
}

/** The first go-live of each account that is not undone: all that was written since it was only observed. */
async function findFirstRuns(options: ApiOptions, provider: string | undefined): Promise<string[]> {
  const query = { provider, limit: '100' };
  const { runs } = await callApi<{ runs: Run[] }>(options, { method: 'GET', path: '/api/v1/go-live', query });
  const standing = runs.filter((run) => run.undo?.state !== 'completed' && run.undo?.state !== 'expired');
  const oldest = new Map(standing.map(({ provider: account, id }) => [account, id]));
  if (oldest.size === 0) throw new Error(`There is no go-live ${provider === undefined ? '' : `of ${provider} `}to undo`);
  return [...oldest.values()];
}

async function follow(options: ApiOptions, undone: Undo): Promise<Undo> {
  const { id, provider } = undone.run;
  const total = undone.removed + undone.restored + undone.left;
  const bar = options.json ? null : showProgress(`Taking back what was written to ${provider}`, total);
  try {
    const run = await pollApi<Run>(options, `/api/v1/go-live/${id}`, {
      isDone: ({ undo: state }) => state?.state !== 'running',
      onRead: ({ undo: state }) => bar?.update((state?.removed ?? 0) + (state?.restored ?? 0) + (state?.left ?? 0)),
    });
    const { removed = 0, restored = 0, left = 0 } = run.undo ?? {};
    return { removed, restored, left, run, stays: await listLeft(options, id) };
  } finally {
    bar?.stop();
  }
}

async function listLeft(options: ApiOptions, id: string): Promise<LeftRecord[]> {
  const path = `/api/v1/go-live/${id}/undo`;
  const { data } = await callApi<{ data: LeftRecord[] }>(options, { method: 'GET', path, query: { limit: '50' } });
  return data;
}

const reasons = {
  edited: 'edited since',
  'last-record': 'no other record of the person is left',
  refusal: 'Accord never lifts a refusal',
  gone: 'somebody deleted it',
  refused: 'the vendor refused',
};

function report({ run: { provider, undo: state }, removed, restored, left, stays }: Undo, isDryRun: boolean): void {
  const counts = `${countOf(removed, 'record')} ${isDryRun ? 'would be ' : ''}deleted, ${restored} restored, ${left} left as they are`;
  if (isDryRun) showLine(`${provider}: ${counts}.`);
  else if (state?.state === 'completed') showLine(`${provider}: ${counts}. It is only observed again.`);
  else showNote(`${provider}: failed after ${counts}. ${state?.error ?? ''}`);
  for (const { externalId, outcome, reason, fields, error } of stays) {
    const what = fields.length > 0 ? `${fields.join(', ')} ${fields.length === 1 ? 'stays' : 'stay'}` : 'stays';
    const part = outcome === 'restored' ? 'restored, but ' : '';
    showLine(`  ${provider} ${externalId ?? ''}: ${part}${what}: ${error ?? (reason === null ? '' : reasons[reason])}`);
  }
}
