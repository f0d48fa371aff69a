import { Command, Option } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { showColumns, showLine, toCell, toMinute } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';

interface FilterOptions extends ApiOptions {
  source?: string;
  account?: string;
}

interface ListOptions extends FilterOptions {
  state: string;
  contact?: string;
  limit?: string;
  cursor?: string;
}

interface DecideOptions extends FilterOptions {
  all?: boolean;
  dryRun?: boolean;
}

interface Request {
  id: string;
  state: string;
  because: string;
  contactId: string;
  lost: Place;
  record: Place;
  fields: Record<'givenName' | 'familyName' | 'company', string | null> & {
    emails: { address: string }[];
    phones: { raw: string }[];
  };
  missingSince: string;
}

interface Place {
  provider: string;
  externalId: string | null;
}

interface Bulk {
  dryRun: boolean;
  total: number;
  records: Record<string, number>;
  deletes: { id: string; outcome: string }[];
  hasMore: boolean;
}

const states = ['open', 'approved', 'deleted', 'archived', 'kept', 'restored', 'withdrawn', 'undone'];

const decisions = {
  approve: 'delete the record',
  reject: 'keep the record',
  restore: 'keep the record, and create the lost one again, with a new id',
  undo: 'create a deleted record again, with a new id',
};

/** `accord deletes` */
export function deletesCommand(): Command {
  // Else the subcommands would lose their options to this command.
  const deletes = new Command('deletes')
    .description('decide whether records are deleted whose person was deleted at another account')
    .enablePositionalOptions();
  deletes.addCommand(listCommand(), { isDefault: true });
  for (const [decision, description] of Object.entries(decisions)) deletes.addCommand(decisionCommand(decision, description));
  return deletes;
}

function withFilter(command: Command): Command {
  return withApi(command)
    .option('--source <account>', 'only people whose record was deleted at this account')
    .option('--account <account>', 'only records at this account');
}

function listCommand(): Command {
  return withFilter(new Command('list'))
    .description('list the requests, newest first')
    .addOption(new Option('--state <state>', 'state of the requests').choices(states).default('open'))
    .option('--contact <id>', 'only requests about this contact (its id in Accord)')
    .option('--limit <count>', 'size of a page')
    .option('--cursor <cursor>', 'the next page')
    .action(list);
}

function decisionCommand(decision: string, description: string): Command {
  return withFilter(new Command(decision))
    .description(description)
    .argument('[request]', 'id of the request, as the list shows it')
    .option('--all', 'all requests that match the other options')
    .option('--dry-run', 'with --all: change nothing, and show the counts')
    .action((id: string | undefined, options: DecideOptions) => decide(decision, id, options));
}

async function list({ contact: contactId, ...options }: ListOptions): Promise<void> {
  const { state, source, account: provider, limit, cursor } = options;
  const query = { state, source, provider, contactId, limit, cursor };
  const page = await callApi<{ deletes: Request[]; next: string | null }>(options, {
    ...{ method: 'GET', path: '/api/v1/deletes', query },
  });
  if (options.json) return showLine(JSON.stringify(page, null, 2));
  if (page.deletes.length === 0) return showLine(state === 'open' ? 'Nothing waits for a decision.' : `No request is ${state}.`);
  showColumns(
    ['request', 'person', 'deleted at', 'since', 'record', 'why asked'],
    page.deletes.map(({ id, fields, lost, missingSince, record, because }) => [
      ...[id, nameOf(fields), lost.provider, toMinute(missingSince)],
      `${record.provider}:${record.externalId}`,
      because,
    ]),
  );
  if (page.next !== null) showLine(`more: --cursor ${page.next}`);
}

function nameOf({ givenName, familyName, company, emails, phones }: Request['fields']): string {
  const name = [givenName, familyName].filter(Boolean).join(' ');
  return toCell(name || company || emails[0]?.address || phones[0]?.raw || '(no name)', 30);
}

async function decide(decision: string, id: string | undefined, options: DecideOptions): Promise<void> {
  if ((id === undefined) !== (options.all === true) || (options.dryRun && !options.all))
    throw new CommandError('Name one request, or use --all. --dry-run goes with --all.', exitCodes.usage);
  return id === undefined ? decideAll(decision, options) : decideOne(decision, id, options);
}

async function decideOne(decision: string, id: string, options: ApiOptions): Promise<void> {
  const path = `/api/v1/deletes/${encodeURIComponent(id)}/${decision}`;
  const decided = await callApi<{ state: string; contactId: string }>(options, { method: 'POST', path, body: {} });
  showLine(options.json ? JSON.stringify(decided, null, 2) : `${id}: ${decided.state}, contact ${decided.contactId}`);
}

/** In portions. A request that cannot be decided would come again, and ends the loop. */
async function decideAll(decision: string, options: DecideOptions): Promise<void> {
  const { source, account: provider, dryRun = false } = options;
  const body = { decision, filter: { source, provider }, dryRun, limit: 200 };
  const outcomes: Bulk['deletes'] = [];
  let first: Bulk | null = null;
  for (let isLast = false; !isLast; ) {
    const bulk: Bulk = await callApi<Bulk>(options, { method: 'POST', path: '/api/v1/deletes/decide', body });
    first ??= bulk;
    const seen = new Set(outcomes.map((each) => each.id));
    outcomes.push(...bulk.deletes.filter((each) => !seen.has(each.id)));
    isLast = dryRun || !bulk.hasMore || bulk.deletes.every((each) => each.outcome !== 'decided');
  }
  const { total = 0, records = {} } = first ?? {};
  if (options.json) return showLine(JSON.stringify({ dryRun, total, records, deletes: outcomes }, null, 2));
  const where = Object.entries(records).map(([account, count]) => `${count} at ${account}`);
  if (dryRun)
    return showLine(total === 0 ? 'Nothing to decide.' : `${countOf(total, 'request')} would be decided: ${where.join(', ')}.`);
  const decided = outcomes.filter(({ outcome }) => outcome === 'decided').length;
  showLine(`${decided} of ${countOf(total, 'request')} decided.`);
  const left = Map.groupBy(
    outcomes.filter(({ outcome }) => outcome !== 'decided'),
    ({ outcome }) => outcome,
  );
  for (const [outcome, same] of left) showLine(`${same.length} left: ${outcome}`);
}
