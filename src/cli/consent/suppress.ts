import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { showWrites, type Write } from '#cli/contacts/show-writes.ts';
import { showLine } from '#cli/screen.ts';
import { type Suppression, sayContacts } from './suppression.ts';

interface Options extends ApiOptions {
  channel?: string[];
  reason?: string;
  wording?: string;
  region?: string;
  dryRun?: boolean;
}

interface Suppressed {
  suppressions: Suppression[];
  added: number;
  contactIds: string[];
  preview: boolean;
  writes: Write[];
}

/** `accord suppress` */
export function suppressCommand(): Command {
  return withApi(new Command('suppress'))
    .description('put a phone number or an email address on the suppression list: nobody is contacted at it')
    .argument('<phone|email...>', 'a number in any format, or an address')
    .option('--channel <channels...>', 'call, sms or email; else call and sms of a number, email of an address')
    .option('--reason <text>', 'why, kept as evidence')
    .option('--wording <text>', 'what the person said, kept as evidence')
    .option('--region <code>', 'the country of a number without one, such as US; else that of the accounts')
    .option('--dry-run', 'change nothing, and show the writes to providers')
    .action(suppress);
}

async function suppress(words: string[], options: Options): Promise<void> {
  const text = words.join(' ');
  const { channel: channels, reason, wording, region } = options;
  const entry = text.includes('@') ? { email: text } : { phone: text };
  const query = { preview: options.dryRun ? 'true' : undefined };
  const body = { ...entry, channels, reason, wording, region };
  const result = await callApi<Suppressed>(options, { method: 'POST', path: '/api/v1/suppressions', query, body });
  if (options.json) return showLine(JSON.stringify(result, null, 2));
  const { suppressions, added, contactIds, writes, preview } = result;
  const [entryOfList] = suppressions;
  const by = suppressions.map(({ channel }) => channel).join(', ');
  const outcome = added === 0 ? 'on the list already' : preview ? 'dry run, nothing was changed' : 'on the list';
  showLine(`${entryOfList?.value ?? text}: ${outcome} (${by}), ${sayContacts(contactIds.length)}`);
  showWrites(writes);
}
