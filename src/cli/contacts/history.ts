import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { showLine, toCell, toSecond } from '#cli/screen.ts';
import { getContactId, whoHelp } from './find-contact.ts';
import { showWrites, type Write } from './show-writes.ts';
import { toText } from './to-text.ts';

interface Entry {
  id: string;
  at: string;
  kind: string;
  field: string | null;
  before: unknown;
  after: unknown;
  losing: unknown;
  cause: { says: string };
  decision: string;
  effects: { provider: string; at: string }[];
  canUndo: boolean;
}

interface Undone {
  preview: boolean;
  changes: { field: string; before: unknown; after: unknown }[];
  writes: Write[];
  sync: string | null;
}

interface Options extends ApiOptions {
  field?: string;
  limit?: string;
  cursor?: string;
}

/** `accord history` */
export function historyCommand(): Command {
  return withApi(new Command('history'))
    .description('show what happened to a contact: cause, decision and effects')
    .argument('<who...>', whoHelp)
    .option('--field <field>', 'only the changes and writes of this field')
    .option('--limit <count>', 'size of a page')
    .option('--cursor <cursor>', 'the next page')
    .option('--undo <entry>', 'undo this entry')
    .option('--dry-run', 'with --undo: change nothing, and show the writes to providers')
    .action((words: string[], options: Options & { undo?: string; dryRun?: boolean }) =>
      options.undo === undefined ? show(words.join(' '), options) : undo(words.join(' '), options.undo, options),
    );
}

async function show(who: string, { field, limit, cursor, ...options }: Options): Promise<void> {
  const path = `/api/v1/contacts/${encodeURIComponent(await getContactId(options, who))}/history`;
  const query = { field, limit, cursor };
  const page = await callApi<{ entries: Entry[]; next: string | null }>(options, { method: 'GET', path, query });
  if (options.json) return showLine(JSON.stringify(page, null, 2));
  for (const { id, at, kind, cause, decision, effects, canUndo, ...change } of page.entries) {
    showLine(`  ${toSecond(at)}  ${kind}  ${id}${canUndo ? '' : '  (cannot be undone)'}`);
    showLine(`    cause     ${cause.says}`);
    showLine(`    decision  ${decision}`);
    if (change.field !== null) showLine(`    value     ${describeChange(change)}`);
    if (effects.length > 0) showLine(`    effects   written to ${effects.map(({ provider }) => provider).join(', ')}`);
  }
  if (page.entries.length === 0) showLine('no history');
  if (page.next !== null) showLine(`more: --cursor ${page.next}`);
}

function describeChange({ before, after, losing }: Pick<Entry, 'before' | 'after' | 'losing'>): string {
  const [from, to, lost] = [before, after, losing].map((value) => toCell(toText(value), 60) || '(nothing)');
  return losing === null ? `${from} → ${to}` : `${from} → ${to}, lost: ${lost}`;
}

async function undo(who: string, entry: string, { dryRun, ...options }: ApiOptions & { dryRun?: boolean }): Promise<void> {
  const id = await getContactId(options, who);
  const path = `/api/v1/contacts/${encodeURIComponent(id)}/history/${encodeURIComponent(entry)}/undo`;
  const query = { preview: dryRun ? 'true' : undefined };
  const undone = await callApi<Undone>(options, { method: 'POST', path, query });
  if (options.json) return showLine(JSON.stringify(undone, null, 2));
  showLine(undone.preview ? 'dry run, nothing was changed' : `done, sync ${undone.sync}`);
  for (const { field, before, after } of undone.changes)
    showLine(`  ${field}: ${toText(before)} → ${toText(after) || '(nothing)'}`);
  showWrites(undone.writes);
}
