import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, nextCursor, pageQuery, timeOf, toPage } from '#api/rest/page.ts';
import { type CandidateDecision, type DecisionOutcome, decideCandidate } from '#contacts/matching/decide-candidate.ts';
import { recordAudit } from '#db/audit-log.ts';
import { findContact } from '#db/contacts/contacts.ts';
import { listLinks } from '#db/contacts/links.ts';
import { type CurrentCandidate, listCurrentCandidates } from '#db/contacts/matching/candidates.ts';
import { listFields } from '#domain/contact.ts';
import { isBlank, sameValue } from '#domain/equality.ts';
import { syncOutcome } from './contact-parameter.ts';
import { contactFields } from './contact-schemas.ts';
import { type Decided, decide, previewQuery, remoteWrite } from './decisions.ts';
import { showFields } from './show-fields.ts';

const root = '/api/v1/candidates';

const states = ['open', 'later', 'same', 'different'] as const;

const side = z
  .object({
    contactId: z.uuid(),
    fields: contactFields,
    isCustomer: z.boolean(),
    records: z.array(z.object({ linkId: z.uuid(), provider: z.string(), externalId: z.string().nullable(), state: z.string() })),
  })
  .meta({ id: 'CandidateSide' });

const candidate = z
  .object({
    id: z.uuid(),
    state: z.enum(states).meta({
      description: '`open`: nobody decided. `later`: put off. `same`: the two became one contact. `different`: they stay two.',
    }),
    score: z.number().nullable().meta({ description: 'The points of the evidence; null for candidates of older versions.' }),
    evidence: z.record(z.string(), z.unknown()).meta({ description: 'The evidence for and against one person.' }),
    sides: z.array(side).meta({ description: 'The two contacts as they are now, the older one first; one if they became one.' }),
    differs: z.array(z.string()).meta({ description: 'Fields in which both have a value, and not the same one.' }),
    createdAt: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
  })
  .meta({ id: 'Candidate' });

const filterShape = {
  minScore: z.coerce.number().optional(),
  maxScore: z.coerce.number().optional(),
  provider: z.string().max(100).optional().meta({ description: 'One of the two has a record there.' }),
  contactId: z.uuid().optional(),
};

const decided = z.object({
  id: z.uuid(),
  state: z.enum(states),
  contactId: z.uuid().meta({ description: 'For `accept`, the contact that both are now; else the older one.' }),
  otherContactId: z.uuid().meta({ description: 'The other contact, or the one that was merged.' }),
  preview: z.boolean(),
  writes: z.array(remoteWrite).meta({ description: 'The writes to providers that follow.' }),
  sync: syncOutcome.nullable().meta({ description: 'Null for a preview.' }),
});

const bulkDecision = z.strictObject({
  decision: z.enum(['accept', 'reject', 'later']),
  ids: z
    .array(z.uuid())
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: 'Only these candidates, of those that match the filter.' }),
  filter: z.strictObject({ state: z.enum(['open', 'later']).default('open'), ...filterShape }),
  dryRun: z.boolean().default(true).meta({ description: 'Counts and lists the decisions, without making them.' }),
  limit: z.int().min(1).max(200).default(100).meta({ description: 'The maximum of candidates, the newest first.' }),
});

const texts: Record<CandidateDecision, { summary: string; description: string }> = {
  accept: {
    summary: 'Merge the two contacts of a candidate',
    description: 'The older contact survives. `POST /api/v1/contacts/{id}/undo` takes the two apart again.',
  },
  reject: {
    summary: 'Decide that the two contacts of a candidate are different people',
    description: 'They are not merged and not asked about again, whatever they have in common later.',
  },
  later: { summary: 'Put the decision on a candidate off', description: 'The candidate leaves the list of open ones.' },
};

/** Pairs of contacts that may be one person, and a person's decision about them. */
export const candidateOperations = [
  defineOperation({
    method: 'get',
    path: root,
    tag: 'Candidates',
    summary: 'List contacts that may be one person, newest first',
    scope: 'sync:read',
    query: z.strictObject({ state: z.enum(states).default('open'), ...filterShape, ...pageQuery }),
    response: {
      status: 200,
      description: 'A page of candidates, with both sides',
      data: z.object({
        candidates: z.array(candidate),
        next: nextCursor,
      }),
    },
    async handle({ query: { cursor, limit, ...filter } }, { db }) {
      const rows = await listCurrentCandidates(db, { filter, cursor, limit: limit + 1 });
      const { data, next } = toPage(rows, limit, (row) => row);
      return { candidates: await Promise.all(data.map((row) => showCandidate(db, row))), next };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/decide`,
    tag: 'Candidates',
    summary: 'Decide many candidates at once',
    description: 'Each candidate is decided separately. One that somebody else decides meanwhile is skipped.',
    scope: 'sync:write',
    body: bulkDecision,
    response: {
      status: 200,
      description: 'The candidates, decided unless it is a dry run',
      data: z.object({
        dryRun: z.boolean(),
        candidates: z.array(z.object({ id: z.uuid(), outcome: z.enum(['would-decide', 'decided', 'decided-before']) })),
        hasMore: z.boolean().meta({ description: 'More candidates match than `limit`.' }),
      }),
    },
    async handle({ body: { decision, ids, filter, dryRun, limit }, actor }, deps) {
      const rows = await listCurrentCandidates(deps.db, { filter: { ...filter, ids }, limit: limit + 1 });
      const outcomes: { id: string; outcome: 'would-decide' | 'decided' | 'decided-before' }[] = [];
      for (const { id } of rows.slice(0, limit)) {
        if (dryRun) outcomes.push({ id, outcome: 'would-decide' });
        else outcomes.push({ id, outcome: (await decideOne(deps, { id, decision, actor })) ? 'decided' : 'decided-before' });
      }
      return { dryRun, candidates: outcomes, hasMore: rows.length > limit };
    },
  }),
  ...(['accept', 'reject', 'later'] as const).map((decision) =>
    defineOperation({
      method: 'post',
      path: `${root}/{id}/${decision}`,
      tag: 'Candidates',
      ...texts[decision],
      scope: 'sync:write',
      params: idParameter,
      query: previewQuery,
      response: { status: 200, description: 'The decision is stored, and the sync of the contacts is requested', data: decided },
      problems: { 404: 'No such candidate', 409: 'Somebody decided it before' },
      async handle({ params: { id }, query, actor }, deps) {
        const isPreview = query.preview === 'true';
        const made = await decideOne(deps, { id, decision, actor, isPreview });
        if (made === null) throw decidedBefore();
        const { result, writes, sync } = made;
        return { ...result, preview: isPreview, writes, sync };
      },
    }),
  ),
];

interface OneDecision {
  id: string;
  decision: CandidateDecision;
  actor: string;
  isPreview?: boolean;
}

type DecidedCandidate = Pick<z.input<typeof decided>, 'id' | 'state' | 'contactId' | 'otherContactId'>;

/** Null when somebody decided the candidate before. Throws a 404. */
async function decideOne(
  deps: ApiDeps,
  { id, decision, actor, isPreview = false }: OneDecision,
): Promise<Decided<DecidedCandidate> | null> {
  const { result: outcome, ...made } = await decide<DecisionOutcome>(deps, { isPreview }, async (transaction) => {
    const result = await decideCandidate(transaction, { id, decision, actor });
    if (result.outcome !== 'decided') return { result, effect: null };
    if (!isPreview) await recordAudit(transaction.tx, { actor, action: `candidate.${decision}`, target: id });
    // Whatever waits for a decision goes on after a rejection, too.
    return { result, effect: decision === 'later' ? { contactIds: [] } : result };
  });
  if (outcome.outcome === 'unknown') throw notFound(`There is no candidate ${id}.`);
  if (outcome.outcome === 'decided-before') return null;
  const [contactId = '', other = ''] = outcome.contactIds;
  const state = ({ accept: 'same', reject: 'different', later: 'later' } as const)[decision];
  return { ...made, result: { id, state, contactId, otherContactId: outcome.mergedId ?? other } };
}

function decidedBefore(): ApiProblem {
  const detail = 'Somebody has decided this candidate before, or the two contacts are one by now: read the candidate again.';
  return new ApiProblem({ status: 409, code: 'decided-before', detail });
}

async function showCandidate(db: ApiDeps['db'], row: CurrentCandidate): Promise<z.input<typeof candidate>> {
  const ids = [...new Set([row.one_id, row.other_id])].toSorted();
  const stored = await Promise.all(ids.map((id) => readSide(db, id)));
  const [one, other] = stored.map(({ fields }) => fields);
  const sides = stored.map((each) => ({ ...each, fields: showFields(each.fields) }));
  const evidence = { ...row.evidence };
  return {
    ...{ id: row.id, state: row.state, evidence, sides },
    score: 'score' in evidence && typeof evidence.score === 'number' ? evidence.score : null,
    differs: listFields(one ?? {}, other ?? {}).filter((field) => {
      const [a, b] = [one?.[field], other?.[field]];
      return !isBlank(a) && !isBlank(b) && !sameValue(field, a, b);
    }),
    ...{ createdAt: row.created_at.toISOString(), decidedAt: timeOf(row.decided_at), decidedBy: row.decided_by },
  };
}

async function readSide(db: ApiDeps['db'], id: string) {
  const [contact, links] = await Promise.all([findContact(db, id), listLinks(db, id)]);
  if (!contact) throw new Error(`The candidate's contact ${id} does not exist`);
  const { fields, isCustomer } = contact;
  const records = links.map(({ id: linkId, provider, external_id: externalId, state }) => ({
    linkId,
    provider,
    externalId,
    state,
  }));
  return { contactId: id, fields, isCustomer, records };
}
