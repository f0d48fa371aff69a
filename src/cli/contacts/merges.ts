import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { type RefusalLeft, showRefusalsLeft, showWrites, type Write } from './show-writes.ts';

export interface DecisionResult {
  contactId: string;
  otherContactId: string;
  preview: boolean;
  writes: Write[];
  refusalsLeft?: RefusalLeft[];
  sync: string | null;
}

interface Options extends ApiOptions {
  dryRun?: boolean;
}

const contact = 'an Accord id, a record id with its account (square:ABC), or a record id that one contact has';

/** `accord merge` */
export function mergeCommand(): Command {
  return contactCommand('merge', 'merge another contact into one')
    .argument('<contact>', `the contact that stays: ${contact}`)
    .argument('<other>', 'the contact that is merged into it')
    .action((id: string, other: string, options: Options) => change(options, { id, action: 'merge', body: { other } }));
}

/** `accord split` */
export function splitCommand(): Command {
  return contactCommand('split', 'give records of a contact to a contact of their own')
    .argument('<contact>', contact)
    .argument('<records...>', 'the records that leave, such as square:ABC')
    .action((id: string, records: string[], options: Options) => change(options, { id, action: 'split', body: { records } }));
}

/** `accord undo` */
export function undoCommand(): Command {
  return contactCommand('undo', 'undo the newest merge of a contact, or the given one')
    .argument('<contact>', contact)
    .option('--merge <id>', 'id of the merge, see --list')
    .option('--list', 'list the merges of the contact, and undo none')
    .action((id: string, options: Options & { merge?: string; list?: boolean }) =>
      options.list
        ? list(id, options)
        : change(options, { id, action: 'undo', body: options.merge ? { merge: options.merge } : {} }),
    );
}

function contactCommand(name: string, description: string): Command {
  return withApi(new Command(name))
    .description(description)
    .option('--dry-run', 'change nothing, and show the writes to providers');
}

async function change(options: Options, { id, action, body }: { id: string; action: string; body: object }): Promise<void> {
  const path = `/api/v1/contacts/${encodeURIComponent(id)}/${action}`;
  const query = { preview: options.dryRun ? 'true' : undefined };
  printDecision(await callApi<DecisionResult>(options, { method: 'POST', path, query, body }), options);
}

interface Merge {
  id: string;
  at: string;
  otherId: string | null;
  why: string;
  actor: string;
  undoneAt: string | null;
  records: { provider: string; externalId: string | null }[];
}

async function list(id: string, options: ApiOptions): Promise<void> {
  const path = `/api/v1/contacts/${encodeURIComponent(id)}/merges`;
  const { merges } = await callApi<{ merges: Merge[] }>(options, { method: 'GET', path });
  if (options.json) {
    console.log(JSON.stringify(merges, null, 2));
    return;
  }
  for (const { id: mergeId, at, why, actor, undoneAt, records } of merges) {
    const shown = records.map(({ provider, externalId }) => `${provider}:${externalId}`).join(' ');
    console.log([mergeId, at, undoneAt ? `undone ${undoneAt}` : 'stands', actor, why, shown].join('  '));
  }
  if (merges.length === 0) console.log('no merges');
}

/** Prints the changes of a decision, or of its preview. */
export function printDecision(result: DecisionResult, { json }: ApiOptions): void {
  if (json) {
    console.log(JSON.stringify(result, null, 2));
    return;
  }
  const { contactId, otherContactId, preview, writes, refusalsLeft = [], sync } = result;
  console.log(
    `contact ${contactId}, other ${otherContactId}: ${preview ? 'dry run, nothing was changed' : `done, sync ${sync}`}`,
  );
  showWrites(writes);
  showRefusalsLeft(refusalsLeft);
}
