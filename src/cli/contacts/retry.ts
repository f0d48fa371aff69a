import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { showLine } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';
import { whoHelp } from './find-contact.ts';
import { syncContact } from './sync.ts';

interface Options extends ApiOptions {
  parked?: boolean;
  error?: string;
  account?: string;
  dryRun?: boolean;
}

interface Page {
  contacts: { contactId: string; sync: string }[];
  writes: { provider: string }[];
  next: string | null;
}

/** `accord retry` */
export function retryCommand(): Command {
  return withApi(new Command('retry'))
    .description('retry a contact, or all that are parked')
    .argument('[who...]', `one contact: ${whoHelp}`)
    .option('--parked', 'all contacts whose last call failed')
    .option('--error <type>', 'only those with this error, such as AuthenticationError (accord doctor names them)')
    .option('--account <account>', 'only those that failed at this account')
    .option('--dry-run', 'change nothing, and count the contacts')
    .action(retry);
}

async function retry(words: string[], options: Options): Promise<void> {
  const { parked, error, account, dryRun = false } = options;
  const isBulk = parked === true || error !== undefined || account !== undefined;
  if (words.length > 0 && isBulk)
    throw new CommandError('Name one contact, or use --parked, --error and --account.', exitCodes.usage);
  if (words.length > 0) return syncContact(words.join(' '), options);
  if (!isBulk) throw new CommandError('Which contacts? Name one, or use --parked, --error or --account.', exitCodes.usage);
  const contacts: Page['contacts'] = [];
  const writes: Page['writes'] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const body = { error, provider: account, dryRun, ...(cursor === undefined ? {} : { cursor }) };
    const page: Page = await callApi(options, { method: 'POST', path: '/api/v1/contacts/retry', body });
    contacts.push(...page.contacts);
    writes.push(...page.writes);
    cursor = page.next;
  }
  if (options.json) return showLine(JSON.stringify({ dryRun, contacts, writes }, null, 2));
  const count = countOf(contacts.length, 'contact');
  showLine(dryRun ? `${count} would be retried${sayWrites(writes)}.` : `${count} retried.`);
}

/** `: 12 writes to square, 3 to google`; nothing without writes. */
function sayWrites(writes: Page['writes']): string {
  const counts = [...Map.groupBy(writes, ({ provider }) => provider)].map(
    ([provider, { length }]) => [provider, length] as const,
  );
  const [first, ...others] = counts;
  if (first === undefined) return '';
  const [provider, count] = first;
  return `: ${countOf(count, 'write')} to ${provider}${others.map(([id, number]) => `, ${number} to ${id}`).join('')}`;
}
