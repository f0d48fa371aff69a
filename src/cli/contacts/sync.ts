import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { showLine } from '#cli/screen.ts';
import { getContactId, whoHelp } from './find-contact.ts';

/** `accord sync` */
export function syncCommand(): Command {
  return withApi(new Command('sync'))
    .description('read every record of a contact now, and write what is out of step')
    .argument('<who...>', whoHelp)
    .action((words: string[], options: ApiOptions) => syncContact(words.join(' '), options));
}

/** Wakes the workflow of one contact, or starts it. */
export async function syncContact(who: string, options: ApiOptions): Promise<void> {
  const id = await getContactId(options, who);
  const path = `/sync/contacts/${encodeURIComponent(id)}/retry`;
  const result = await callApi<{ contactId: string; sync: string; webUi: string | null }>(options, { method: 'POST', path });
  if (options.json) return showLine(JSON.stringify(result, null, 2));
  showLine(`${result.contactId}: ${words[result.sync] ?? result.sync}${result.webUi === null ? '' : `  ${result.webUi}`}`);
}

const words: Record<string, string> = {
  retrying: 'its workflow goes on',
  started: 'the sync has started',
  queued: 'the sync starts when Temporal answers',
};
