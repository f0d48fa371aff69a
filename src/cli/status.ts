import { Command } from 'commander';
import { countOf } from '#domain/count-of.ts';
import { type ApiOptions, callApi, withApi } from './call-api.ts';
import { showColumns, showLine, showNote, showTitle, toMinute } from './screen.ts';

interface Stats extends Record<string, unknown> {
  total_contacts: number;
  schedules: { id: string; isPaused: boolean; nextAt: string | null }[] | null;
}

interface Account {
  provider: string;
  isConnected: boolean;
  notConnected: string | null;
}

interface Run {
  provider: string;
  counts: Record<string, number | null>;
  startedAt: string;
  finishedAt: string | null;
  outcome: string | null;
}

interface Finding {
  severity: 'error' | 'warning' | 'note';
}

/** `accord status` */
export function statusCommand(): Command {
  return withApi(new Command('status'))
    .description('show how many contacts are in which state, the accounts, and the last full passes')
    .action(status);
}

async function status(options: ApiOptions): Promise<void> {
  const get = <Data>(path: string, query: Record<string, string> = {}) => callApi<Data>(options, { method: 'GET', path, query });
  const [stats, { accounts }, { runs }, { findings }] = await Promise.all([
    get<Stats>('/sync/stats'),
    get<{ accounts: Account[] }>('/sync/accounts'),
    get<{ runs: Run[] }>('/sync/runs', { limit: '50' }),
    get<{ findings: Finding[] }>('/api/v1/findings'),
  ]);
  if (options.json) return showLine(JSON.stringify({ stats, accounts, runs, findings }, null, 2));
  const { total_contacts: total, schedules, ...states } = stats;
  showTitle(countOf(total, 'contact'));
  showColumns(
    ['state', 'contacts'],
    Object.entries(states).flatMap(([state, count]) => (typeof count === 'number' ? [[state.replaceAll('_', ' '), count]] : [])),
  );
  showLine('');
  showColumns(
    ['account', 'connected', 'last full pass'],
    accounts.map(({ provider, isConnected }) => [provider, isConnected ? 'yes' : 'no', describePass(runs, provider)]),
  );
  for (const { notConnected } of accounts) if (notConnected !== null) showNote(notConnected);
  if (schedules === null) showNote('Temporal does not answer: nothing is synced until it does.');
  const open = findings.filter(({ severity }) => severity !== 'note').length;
  if (open > 0) showNote(`${open === 1 ? 'Something needs' : `${open} things need`} you: accord doctor.`);
}

function describePass(runs: readonly Run[], provider: string): string {
  const run = runs.find((each) => each.provider === provider);
  if (run === undefined) return 'never';
  const { counts, startedAt, finishedAt, outcome } = run;
  const listed = counts.listed ?? 0;
  if (finishedAt === null) return `runs since ${toMinute(startedAt)}, ${countOf(listed, 'record')} so far`;
  return `${outcome} ${toMinute(finishedAt)}, ${countOf(listed, 'record')}`;
}
