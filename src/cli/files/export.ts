import { Command, Option } from 'commander';
import { type ApiOptions, requestApi, withApi } from '#cli/call-api.ts';
import { saveResponse } from './save-response.ts';

interface ExportOptions extends ApiOptions {
  format: string;
  output?: string;
  q?: string;
  state?: string;
  account?: string;
  tag?: string;
  audience?: string;
}

/** `accord export` */
export function exportCommand(): Command {
  return withApi(new Command('export'))
    .description('print contacts as CSV or vCards, or write them to a file')
    .addOption(new Option('--format <format>', 'the kind of file').choices(['csv', 'vcard']).default('csv'))
    .option('--output <file>', 'write the file, which only you can read')
    .option('--q <text>', 'only contacts with this in their name, company, emails, numbers or tags')
    .option('--state <state>', 'only contacts in this state')
    .option('--account <account>', 'only contacts with a record at this account')
    .option('--tag <tag>', 'only contacts with this tag')
    .option('--audience <name>', 'only members of this audience')
    .action(async ({ format, output, q, state, account: provider, tag, audience, ...options }: ExportOptions) => {
      const query = { format, q, state, provider, tag, audience };
      await saveResponse(
        await requestApi(options, { method: 'GET', path: '/api/v1/contacts/export', query, isFile: true }),
        output,
      );
    });
}
