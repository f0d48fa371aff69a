import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { confirmWord } from '#cli/confirm-word.ts';
import { getContactId, whoHelp } from '#cli/contacts/find-contact.ts';
import { pollApi } from '#cli/poll-api.ts';
import { showLine, showProgress } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';
import { type Erasure, showErasure } from './show-erasure.ts';

interface Erased {
  contactId: string;
  erasure: Erasure | null;
  records: { provider: string; externalId: string | null }[];
  tables: { table: string; holds: string; rows: number; stays: boolean }[];
}

interface Options extends ApiOptions {
  reason: string;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
}

/** `accord erase` */
export function erasePersonCommand(): Command {
  return withApi(new Command('erase'))
    .description('erase a person at every vendor and in Accord. It cannot be undone')
    .argument('<who...>', whoHelp)
    .requiredOption('--reason <text>', 'why, without personal data: it stays with the proof')
    .option('--dry-run', 'change nothing, and show what would be deleted where')
    .option('--yes', 'do not ask')
    .option('--no-wait', 'do not wait until every vendor is done')
    .action(erase);
}

async function erase(words: string[], options: Options): Promise<void> {
  const id = await getContactId(options, words.join(' '));
  const path = `/api/v1/contacts/${encodeURIComponent(id)}/erase`;
  const body = { reason: options.reason };
  const preview = await callApi<Erased>(options, { method: 'POST', path, query: { preview: 'true' }, body });
  if (options.dryRun || !options.yes) {
    if (options.json && options.dryRun) return showLine(JSON.stringify(preview, null, 2));
    showPreview(preview);
    if (options.dryRun) return;
    await confirmWord(preview.contactId.slice(-6), { warning: 'This cannot be undone.', action: 'erase the person' });
  }
  const { erasure } = await callApi<Erased>(options, { method: 'POST', path, body });
  if (erasure === null) throw new Error('The api answered without an erasure');
  const ended = options.wait === false ? erasure : await follow(options, erasure);
  if (options.json) showLine(JSON.stringify(ended, null, 2));
  else showErasure(ended);
}

function showPreview({ contactId, records, tables }: Erased): void {
  showLine(`Contact ${contactId} would be erased:`);
  for (const { provider, externalId } of records) showLine(`  delete ${provider}:${externalId ?? '(being created)'}`);
  for (const { table, rows, stays, holds } of tables)
    showLine(`  ${stays ? 'empty' : 'delete'} ${countOf(rows, 'row')} of ${table}: ${holds}`);
}

/** A vendor that is down does not hold up the command for ever. */
const patienceMs = 60_000;

async function follow(options: ApiOptions, { id, records }: Erasure): Promise<Erasure> {
  const bar = options.json ? null : showProgress('Erasing at the vendors', records.length);
  const until = Date.now() + patienceMs;
  try {
    return await pollApi<Erasure>(options, `/api/v1/erasures/${id}`, {
      isDone: ({ state }) => state === 'completed' || Date.now() > until,
      onRead: (read) => bar?.update(read.records.filter(({ state }) => state === 'verified').length),
    });
  } finally {
    bar?.stop();
  }
}
