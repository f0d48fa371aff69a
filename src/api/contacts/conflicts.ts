import { z } from 'zod';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { nextCursor, toPage } from '#api/rest/page.ts';
import { resolveConflict } from '#contacts/resolve-conflict.ts';
import { recordAudit } from '#db/audit-log.ts';
import { type ListedConflict, listConflicts } from '#db/contacts/lists/conflicts.ts';
import { listCandidates } from '#db/contacts/matching/match-candidates.ts';
import { showWhole } from '#domain/name-parts.ts';
import { contactIdParameter, getContactByAnyId, syncOutcome } from './contact-parameter.ts';
import { decide, previewQuery, remoteWrite } from './decisions.ts';
import { toFullName } from './show-name.ts';

const candidate = z
  .object({
    id: z.string(),
    contactId: z.string(),
    otherContactId: z.string(),
    evidence: z.record(z.string(), z.unknown()).meta({
      description:
        'The points of the evidence with its parts, the kinds of key that both contacts have, and the rules that leave the decision to a person.',
      example: {
        score: 7.5,
        parts: [{ kind: 'phone-same', points: 5, says: 'same phone number' }],
        rules: ['given-name-incomplete'],
        reasons: ['a given name is missing or only an initial, and there is too little else'],
        keys: ['phone'],
        against: ['given-name-incomplete'],
      },
    }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'MatchCandidate' });

const openConflict = z
  .object({
    id: z.string().meta({ description: 'Of the history entry: the `conflict` of the operation that decides it.' }),
    contactId: z.uuid(),
    name: z.string().nullable(),
    provider: z.string().meta({ description: 'The account whose record keeps the other value.' }),
    field: z.string(),
    before: z.unknown().meta({ description: 'The value of the contact.' }),
    after: z.unknown().meta({ description: 'The value of the record, which the contact would get.' }),
    since: z.iso.datetime(),
  })
  .meta({ id: 'OpenConflict' });

/** Decisions that Accord leaves to a person: conflicts between providers, and contacts that may be one person. */
export const conflictOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/conflicts',
    tag: 'Contacts',
    summary: 'List the conflicts that wait for a person, newest first',
    description: '`POST /sync/contacts/{id}/conflicts/{conflict}` decides one.',
    scope: 'sync:read',
    query: z.strictObject({
      cursor: z
        .string()
        .regex(/^\d{1,18}$/)
        .optional()
        .meta({ description: '`next` of the previous page.' }),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: {
      status: 200,
      description: 'A page of conflicts',
      data: z.object({
        conflicts: z.array(openConflict),
        next: nextCursor,
      }),
    },
    async handle({ query: { cursor, limit } }, { db }) {
      const { data, next } = toPage(await listConflicts(db, { cursor, limit: limit + 1 }), limit, showConflict);
      return { conflicts: data, next };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/sync/contacts/{id}/conflicts/{conflict}',
    tag: 'Contacts',
    summary: 'Decide a conflict, or reverse the decision',
    description: 'The chosen value is pushed to every provider. `conflict` is the id of a history entry of kind `conflict`.',
    scope: 'sync:write',
    params: z.object({ id: contactIdParameter, conflict: z.string().regex(/^\d{1,18}$/) }),
    query: previewQuery,
    body: z.object({
      value: z.enum(['kept', 'lost']).meta({ description: '`kept` confirms the current value; `lost` restores the losing one.' }),
    }),
    response: {
      status: 200,
      description: 'The decision is stored, and the sync of the contact is requested; or the preview',
      data: z.object({
        contactId: z.string(),
        value: z.enum(['kept', 'lost']),
        preview: z.boolean(),
        writes: z.array(remoteWrite).meta({ description: 'The writes to providers that follow.' }),
        sync: syncOutcome.nullable().meta({ description: 'Null for a preview.' }),
      }),
    },
    problems: { 404: 'No such contact or conflict', 409: 'The field has changed since the conflict' },
    async handle({ params, query, body, actor }, deps) {
      const { id } = await getContactByAnyId(deps.db, params.id);
      const isPreview = query.preview === 'true';
      const { result, writes, sync } = await decide(deps, { isPreview }, async (transaction) => {
        const outcome = await resolveConflict(transaction, { contactId: id, conflictId: params.conflict, actor, ...body });
        return { result: outcome, effect: outcome === 'resolved' ? { contactIds: [id] } : null };
      });
      if (result === 'unknown') throw notFound(`The contact has no conflict ${params.conflict}.`);
      if (result === 'changed-since') {
        const detail =
          'The field was changed since this conflict: correct it at any provider, and the correction is synced to the others.';
        throw new ApiProblem({ status: 409, code: 'changed-since', detail });
      }
      const details = { conflict: params.conflict, ...body };
      if (!isPreview) await recordAudit(deps.db, { actor, action: 'contact.resolve-conflict', target: id, details });
      return { contactId: id, ...body, preview: isPreview, writes, sync };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/sync/candidates',
    tag: 'Contacts',
    summary: 'Contacts that may be one person',
    description:
      'Open pairs, newest first. `GET /api/v1/candidates` replaces this operation: it has filters, both contacts, and decisions.',
    scope: 'sync:read',
    query: z.object({
      before: z.uuid().optional().meta({ description: 'The id of the last candidate of the previous page.' }),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    response: { status: 200, description: 'Candidates', data: z.object({ candidates: z.array(candidate) }) },
    async handle({ query }, { db }) {
      const rows = await listCandidates(db, query);
      return {
        candidates: rows.map(({ id, contact_id: contactId, other_contact_id: otherContactId, evidence, created_at }) => ({
          ...{ id, contactId, otherContactId, createdAt: created_at.toISOString() },
          evidence: { ...evidence },
        })),
      };
    },
  }),
];

function showConflict({ fields, field, theirs, since, ...conflict }: ListedConflict): z.input<typeof openConflict> {
  const [name, before] = [toFullName(fields), showWhole(field, fields)];
  return { ...conflict, name, field, before, after: theirs, since: since.toISOString() };
}
