import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { webUiLink } from '#api/web-ui.ts';
import type { EntryWithEffects } from '#db/contacts/history.ts';

export const historyCause = z.object({
  kind: z.enum(['record', 'pass', 'poll', 'review', 'go-live', 'import', 'person', 'undo', 'other']),
  says: z.string().meta({ description: 'The cause of the entry, in one sentence.' }),
  webUi: z.string().nullable().meta({ description: 'The workflow in the Temporal Web UI.' }),
});

/** The importer and the file of each import. */
export type ImportsById = ReadonlyMap<string, { fileName: string; actor: string }>;

type Cause = z.input<typeof historyCause>;

/** The cause of an entry in words: its `cause` is a workflow with its run, or the entry that was taken back. */
export function toCause(deps: ApiDeps, { cause, actor, provider }: EntryWithEffects, imports: ImportsById): Cause {
  const [, undone] = /^history\/(\d+)$/.exec(cause ?? '') ?? [];
  if (undone !== undefined) return { kind: 'undo', says: `${actor} took the entry ${undone} back.`, webUi: null };
  if (actor.startsWith('api-key:')) return { kind: 'person', says: `${actor} decided.`, webUi: null };
  if (cause === null) return { kind: 'other', says: 'Accord did it by itself.', webUi: null };
  const slash = cause.lastIndexOf('/');
  const [workflowId, runId] = [cause.slice(0, slash), cause.slice(slash + 1)];
  const run = imports.get(findImportId(cause) ?? '');
  const [kind, says] = run
    ? (['import', `${run.actor} imported the file ${run.fileName}.`] as const)
    : describe(workflowId, provider);
  return { kind, says, webUi: webUiLink(deps, workflowId, runId) };
}

/** The import that caused an entry; null for another cause. */
export function findImportId(cause: string | null): string | null {
  return /^import\/([\da-f-]{36})\//.exec(cause ?? '')?.[1] ?? null;
}

function describe(workflowId: string, provider: string | null): [Cause['kind'], string] {
  const at = provider ?? 'a provider';
  if (workflowId.includes('/reconcile/')) return ['pass', `A full pass read ${at}.`];
  if (workflowId.includes('/poll/')) return ['poll', `A poll read ${at}.`];
  if (workflowId.includes('/go-live/')) return ['go-live', `${at} went live.`];
  if (workflowId.startsWith('import/')) return ['import', 'Somebody imported a file.'];
  if (workflowId.endsWith('/review')) return ['review', 'The nightly comparison looked at the contact.'];
  return ['record', `The sync of the contact read or wrote its record at ${at}.`];
}
