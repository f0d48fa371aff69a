import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { getContactId, whoHelp } from '#cli/contacts/find-contact.ts';
import { showLine, showNote } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';

interface PersonalData {
  contactId: string;
  data: Record<string, { rows: unknown[] }>;
}

interface Options extends ApiOptions {
  output?: string;
}

/** `accord export-person` */
export function exportPersonCommand(): Command {
  return withApi(new Command('export-person'))
    .description('print everything that is stored about a person, as one JSON document')
    .argument('<who...>', whoHelp)
    .option('--output <file>', 'write it to a new file that only you can read')
    .action(exportPerson);
}

async function exportPerson(words: string[], options: Options): Promise<void> {
  const id = await getContactId(options, words.join(' '));
  const path = `/api/v1/contacts/${encodeURIComponent(id)}/personal-data`;
  const exported = await callApi<PersonalData>(options, { method: 'GET', path });
  const text = JSON.stringify(exported, null, 2);
  if (options.output === undefined) return showLine(text);
  await writeFile(options.output, `${text}\n`, { mode: 0o600, flag: 'wx' });
  const rows = Object.values(exported.data).reduce((sum, table) => sum + table.rows.length, 0);
  showNote(`${options.output} has ${countOf(rows, 'row')} about contact ${exported.contactId}.`);
}
