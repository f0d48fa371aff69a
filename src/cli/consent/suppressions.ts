import { openAsBlob } from 'node:fs';
import { Command } from 'commander';
import { type ApiOptions, callApi, requestApi, withApi } from '#cli/call-api.ts';
import { showWrites, type Write } from '#cli/contacts/show-writes.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { assertFile } from '#cli/files/assert-file.ts';
import { saveResponse } from '#cli/files/save-response.ts';
import { showColumns, showLine, toCell, toMinute } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';
import { type Suppression, sayContacts } from './suppression.ts';

interface ListOptions extends ApiOptions {
  channel?: string;
  kind?: string;
  limit?: string;
  cursor?: string;
}

interface ImportOptions extends ApiOptions {
  reason?: string;
  region?: string;
  dryRun?: boolean;
}

interface ExportOptions extends ApiOptions {
  channel?: string;
  output?: string;
}

interface Imported {
  dryRun: boolean;
  rows: number;
  added: number;
  known: number;
  failed: number;
  errors: { line: number; detail: string }[];
}

const root = '/api/v1/suppressions';

/** `accord suppressions` */
export function suppressionsCommand(): Command {
  const suppressions = withApi(new Command('suppressions')).description(
    'list, import, export and lift entries of the suppression list',
  );
  suppressions.addCommand(
    withApi(new Command('list'))
      .description('list the entries, the newest first')
      .argument('[text...]', 'part of an address, or of a number in any format')
      .option('--channel <channel>', 'call, sms or email')
      .option('--kind <kind>', 'phone or email')
      .option('--limit <count>', 'size of a page')
      .option('--cursor <cursor>', 'the next page')
      .action((words: string[], _: object, command: Command) => list(words.join(' '), all<ListOptions>(command))),
    { isDefault: true },
  );
  suppressions.addCommand(
    withApi(new Command('import'))
      .description('suppress the numbers and addresses of a CSV file')
      .argument('<file>', 'one per row, in a column such as phone, email or value, else in the first one')
      .option('--reason <text>', 'for rows without a reason of their own')
      .option('--region <code>', 'the country of numbers without one, such as US')
      .option('--dry-run', 'change nothing, and report what would be added')
      .action((path: string, _: object, command: Command) => importFile(path, all<ImportOptions>(command))),
  );
  suppressions.addCommand(
    withApi(new Command('export'))
      .description('print the list as CSV, or write it to a file')
      .option('--channel <channel>', 'call, sms or email')
      .option('--output <file>', 'write the file, which only you can read')
      .action((_: object, command: Command) => exportFile(all<ExportOptions>(command))),
  );
  suppressions.addCommand(
    withApi(new Command('lift'))
      .description('take a number or an address off the list')
      .argument('<entry...>', 'a number in any format, an address, or the id of one entry')
      .requiredOption('--reason <text>', 'how the person allowed it, kept as evidence')
      .option('--channel <channel>', 'only for call, sms or email')
      .option('--dry-run', 'change nothing, and show the writes to providers')
      .action((words: string[], _: object, command: Command) => lift(words, all<LiftOptions>(command))),
  );
  return suppressions;
}

/** The options of a command and of the one above it: `--json` may stand at either. */
function all<Options extends ApiOptions>(command: Command): Options {
  return command.optsWithGlobals<Options>();
}

async function list(q: string, { channel, kind, limit, cursor, ...options }: ListOptions): Promise<void> {
  const page = await find(options, { q: q || undefined, channel, kind, limit, cursor });
  if (options.json) return showLine(JSON.stringify(page, null, 2));
  if (page.suppressions.length === 0) return showLine('nothing is on the list');
  showColumns(
    ['since', 'value', 'channel', 'by', 'reason', 'id'],
    page.suppressions.map(({ id, createdAt, value, channel: by, actor, reason }) => [
      ...[toMinute(createdAt), toCell(value), by, toCell(actor), toCell(reason ?? ''), id],
    ]),
  );
  if (page.next !== null) showLine(`more: --cursor ${page.next}`);
}

type Page = { suppressions: Suppression[]; next: string | null };

const find = (options: ApiOptions, query: Record<string, string | undefined>) =>
  callApi<Page>(options, { method: 'GET', path: root, query });

async function importFile(path: string, options: ImportOptions): Promise<void> {
  await assertFile(path);
  const file = await openAsBlob(path, { type: 'text/csv' });
  const { reason, region, dryRun } = options;
  const query = { reason, region, dryRun: dryRun ? 'true' : undefined };
  const result = await callApi<Imported>(options, { method: 'POST', path: `${root}/import`, query, file });
  if (options.json) showLine(JSON.stringify(result, null, 2));
  else {
    const { rows, added, known, failed, errors } = result;
    for (const { line, detail } of errors) showLine(`  line ${line}: ${detail}`);
    if (failed > errors.length) showLine(`  … and ${failed - errors.length} more`);
    const verb = result.dryRun ? 'would be added' : 'added';
    showLine(
      `${countOf(rows, 'row')}: ${countOf(added, 'entry', 'entries')} ${verb}, ${known} known, ${countOf(failed, 'row')} failed`,
    );
  }
  if (result.failed > 0) process.exitCode = exitCodes.failed;
}

async function exportFile({ channel, output, ...options }: ExportOptions): Promise<void> {
  const path = `${root}/export`;
  await saveResponse(await requestApi(options, { method: 'GET', path, query: { channel }, isFile: true }), output);
}

interface LiftOptions extends ApiOptions {
  reason: string;
  channel?: string;
  dryRun?: boolean;
}

async function lift(words: string[], options: LiftOptions): Promise<void> {
  const text = words.join(' ');
  const entries = await findEntries(options, text);
  if (entries.length === 0) throw new CommandError(`${JSON.stringify(text)} is not on the suppression list.`, exitCodes.notFound);
  const { reason, dryRun } = options;
  for (const { id } of entries) {
    const lifted = await callApi<Lifted>(options, {
      ...{ method: 'DELETE', path: `${root}/${id}` },
      ...{ query: { preview: dryRun ? 'true' : undefined }, body: { reason } },
    });
    if (options.json) showLine(JSON.stringify(lifted, null, 2));
    else showLifted(lifted);
  }
}

interface Lifted {
  suppression: Suppression;
  contactIds: string[];
  preview: boolean;
  writes: Write[];
}

function showLifted({ suppression: { value, channel }, contactIds, preview, writes }: Lifted): void {
  showLine(`${value} ${channel}: ${preview ? 'dry run, nothing was changed' : 'lifted'}, ${sayContacts(contactIds.length)}`);
  showWrites(writes);
}

/** The entries of a number or address: the whole of it, in one writing. */
async function findEntries({ channel, ...options }: LiftOptions, text: string): Promise<Pick<Suppression, 'id'>[]> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return [{ id: text }];
  const { suppressions } = await find(options, { q: text, channel, limit: '10' });
  const values = new Set(suppressions.map(({ value }) => value));
  if (values.size <= 1) return suppressions;
  throw new CommandError(`Several entries are found by ${JSON.stringify(text)}: ${[...values].join(', ')}.`, exitCodes.usage);
}
