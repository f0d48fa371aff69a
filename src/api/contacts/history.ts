import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { type ApiProblem, conflict, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { nextCursor, toPage } from '#api/rest/page.ts';
import { findRefusal, type UndoOutcome, undoEntry } from '#contacts/undo/undo-entry.ts';
import { recordAudit } from '#db/audit-log.ts';
import { type EntryWithEffects, listEntries } from '#db/contacts/history.ts';
import { findImportNames } from '#db/imports/imports.ts';
import { fieldNames } from '#domain/contact.ts';
import { contactIdParameter, getContactByAnyId, syncOutcome } from './contact-parameter.ts';
import { historyEntry } from './contact-schemas.ts';
import { decide, previewQuery, remoteWrite } from './decisions.ts';
import { findImportId, historyCause, type ImportsById, toCause } from './history-cause.ts';
import { toDecision } from './history-decision.ts';

const root = '/api/v1/contacts/{id}/history';
const entryId = z.string().regex(/^\d{1,18}$/);

const explainedEntry = historyEntry
  .omit({ cause: true })
  .extend({
    contactId: z.uuid().meta({ description: 'Another one where the entry is of a contact that was merged into this one.' }),
    cause: historyCause,
    decision: z.string().meta({ description: 'The decision of Accord or a person, in one sentence.' }),
    effects: z
      .array(z.object({ provider: z.string(), linkId: z.string().nullable(), at: z.iso.datetime() }))
      .meta({ description: 'The writes of the field to providers that followed, before it changed again.' }),
    canUndo: z.boolean(),
    undoRefusal: z.string().nullable().meta({ description: 'Why it cannot be undone, and the alternative.' }),
  })
  .meta({ id: 'ExplainedHistoryEntry' });

/** The history of a contact, and taking a part of it back. */
export const historyOperations = [
  defineOperation({
    method: 'get',
    path: root,
    tag: 'Contacts',
    summary: 'Read the history of a contact, newest first',
    description:
      'Each entry has its cause, the decision and its effects. `losing` is the value that lost a conflict. The history of contacts that ' +
      'were merged into this one is part of it.',
    scope: 'sync:read',
    params: z.object({ id: contactIdParameter }),
    query: z.strictObject({
      field: z
        .enum([...fieldNames, 'lists'])
        .or(z.string().regex(/^extras\.[a-z][a-z\d_]*$/))
        .optional()
        .meta({ description: 'Only the changes and writes of this field.' }),
      cursor: entryId.optional().meta({ description: '`next` of the previous page.' }),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: {
      status: 200,
      description: 'A page of the history',
      data: z.object({
        contactId: z.uuid(),
        entries: z.array(explainedEntry),
        next: nextCursor,
      }),
    },
    problems: { 404: 'No such contact' },
    async handle({ params, query: { limit, ...query } }, deps) {
      const { id } = await getContactByAnyId(deps.db, params.id);
      const rows = await listEntries(deps.db, id, { ...query, limit: limit + 1 });
      const imports = await findImportNames(
        deps.db,
        rows.flatMap(({ cause }) => findImportId(cause) ?? []),
      );
      const { data: entries, next } = toPage(rows, limit, (row) => showEntry(deps, row, imports));
      return { contactId: id, entries, next };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{entry}/undo`,
    tag: 'Contacts',
    summary: 'Take a change back',
    description:
      'Restores the value from before a change, the other value of a conflict, a customer mark, or the two contacts of a merge. Of a list ' +
      'only the items of the change go back. Later changes stay. The next write brings the result to the providers.',
    scope: 'sync:write',
    params: z.object({ id: contactIdParameter, entry: entryId }),
    query: previewQuery,
    response: {
      status: 200,
      description: 'The change is taken back, and the sync of the contact is requested',
      data: z.object({
        contactId: z.uuid(),
        entryId: z.string(),
        preview: z.boolean(),
        changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
        writes: z.array(remoteWrite).meta({ description: 'The writes to providers that follow.' }),
        sync: syncOutcome.nullable().meta({ description: 'Null for a preview.' }),
      }),
    },
    problems: { 404: 'No such contact or entry', 409: 'The value was changed since, or such an entry cannot be taken back' },
    async handle({ params, query, actor }, deps) {
      const { id } = await getContactByAnyId(deps.db, params.id);
      const isPreview = query.preview === 'true';
      const { result, writes, sync } = await decide<UndoOutcome>(deps, { isPreview }, async (transaction) => {
        const undone = await undoEntry(transaction, { contactId: id, entryId: params.entry, actor });
        if (undone.outcome !== 'undone') return { result: undone, effect: null };
        const details = { entry: params.entry };
        if (!isPreview) await recordAudit(transaction.tx, { actor, action: 'contact.undo-entry', target: id, details });
        return { result: undone, effect: { contactIds: undone.contactIds } };
      });
      if (result.outcome !== 'undone') throw toProblem(result, params);
      return { contactId: id, entryId: params.entry, preview: isPreview, changes: result.changes, writes, sync };
    },
  }),
];

function showEntry(deps: ApiDeps, row: EntryWithEffects, imports: ImportsById): z.input<typeof explainedEntry> {
  const { id, contact_id: contactId, at, kind, actor, provider, field, before, after, losing, link_id: linkId, effects } = row;
  const undoRefusal = findRefusal(row);
  return {
    ...{ id, contactId, at: at.toISOString(), kind, actor, provider, field, before, after, losing, linkId },
    ...{ cause: toCause(deps, row, imports), decision: toDecision(row) },
    effects: effects.map((effect) => ({ ...effect, at: new Date(effect.at).toISOString() })),
    ...{ canUndo: undoRefusal === null, undoRefusal },
  };
}

function toProblem(
  result: Exclude<UndoOutcome, { outcome: 'undone' }>,
  { id, entry }: { id: string; entry: string },
): ApiProblem {
  switch (result.outcome) {
    case 'unknown':
      return notFound(`The contact ${id} has no history entry ${entry}.`);
    case 'refused':
      return conflict('not-undoable', result.because);
    case 'changed-since':
      return conflict(
        'changed-since',
        'The value was changed again since: undo the later change first, or correct it at a provider.',
      );
  }
}
