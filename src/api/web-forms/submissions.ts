import { z } from 'zod';
import { syncOutcome } from '#api/contacts/contact-parameter.ts';
import { requestSync } from '#api/contacts/contact-workflow.ts';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, nextCursor, pageQuery, timeFilter, timeOf, toPage } from '#api/rest/page.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listRecordChanges } from '#db/contacts/history.ts';
import type { Database } from '#db/database.ts';
import {
  acceptSubmission,
  findSubmissionRow,
  listEventDeliveries,
  listSubmissionNotes,
  listSubmissions,
  type SubmissionRow,
} from '#db/sync/submission-decisions.ts';
import { toConsents, toPendingChange, toSummary } from './show-submission.ts';
import { details, summary } from './submission-schemas.ts';

const root = '/api/v1/form-submissions';
const alias = '/api/v1/submissions';

/** Form submissions, where they went, and the decision on those that wait for proof. */
export const submissionOperations = [
  defineOperation({
    method: 'get',
    path: root,
    aliases: [alias],
    tag: 'Web forms',
    summary: 'List submissions, newest first',
    scope: 'sync:read',
    query: z.strictObject({
      form: z.string().max(100).optional(),
      contactId: z.uuid().optional(),
      waiting: z.enum(['true', 'false']).optional().meta({ description: '`true`: those whose changes wait for proof.' }),
      since: timeFilter.optional(),
      until: timeFilter.optional(),
      ...pageQuery,
    }),
    response: {
      status: 200,
      description: 'A page of submissions',
      data: z.object({
        submissions: z.array(summary),
        next: nextCursor,
      }),
    },
    async handle({ query }, { db }) {
      const { cursor, limit, waiting, ...others } = query;
      const filter = { ...others, isWaiting: waiting === undefined ? undefined : waiting === 'true' };
      const rows = await listSubmissions(db, { filter, cursor, limit: limit + 1 });
      const { data: submissions, next } = toPage(rows, limit, toSummary);
      return { submissions, next };
    },
  }),
  defineOperation({
    method: 'get',
    path: `${root}/{id}`,
    aliases: [`${alias}/{id}`],
    tag: 'Web forms',
    summary: 'Get one submission, and where it went',
    scope: 'sync:read',
    params: idParameter,
    response: { status: 200, description: 'The submission', data: details },
    problems: { 404: 'No such submission' },
    async handle({ params: { id } }, { db }) {
      const row = await findSubmissionRow(db, id);
      if (!row) throw noSubmission(id);
      const [notes, deliveries, merged] = await Promise.all([
        listSubmissionNotes(db, id),
        listEventDeliveries(db, row.event_id),
        listMerged(db, row),
      ]);
      return {
        ...toSummary(row),
        ...{ merged, consents: toConsents(row.evidence) },
        ...{ values: row.values, evidence: row.evidence, pending: (row.pending ?? []).map(toPendingChange) },
        ...{ acceptedAt: timeOf(row.accepted_at), acceptedBy: row.accepted_by },
        notes: notes.map(({ provider, external_id: externalId, written_at, failed_at, error }) => ({
          ...{ provider, externalId, writtenAt: timeOf(written_at), error },
          state: written_at ? ('written' as const) : failed_at ? ('failed' as const) : ('pending' as const),
        })),
        event:
          row.event_id === null
            ? null
            : {
                id: row.event_id,
                deliveries: deliveries.map(({ id: deliveryId, endpoint_id: endpointId, state }) => ({
                  id: deliveryId,
                  endpointId,
                  state,
                })),
              },
      };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/accept`,
    aliases: [`${alias}/{id}/accept`],
    tag: 'Web forms',
    summary: 'Accept the changes of a submission',
    description:
      'For a submission whose changes wait for proof. All of its values, its permissions included, are merged by the usual rules, and ' +
      'pushed to every provider.',
    scope: 'sync:write',
    params: idParameter,
    response: {
      status: 200,
      description: 'The decision is stored, and the sync of the contact is requested',
      data: z.object({ id: z.uuid(), contactId: z.uuid(), sync: syncOutcome }),
    },
    problems: { 404: 'No such submission', 409: 'Nothing of this submission waits' },
    async handle({ params: { id }, actor }, deps) {
      if (!(await findSubmissionRow(deps.db, id))) throw noSubmission(id);
      const accepted = await acceptSubmission(deps.db, { id, by: actor, at: new Date() });
      if (accepted.outcome === 'nothing-waits') {
        const detail =
          'Nothing of this submission waits for a decision: it was merged or accepted before, or it changes nothing.';
        throw new ApiProblem({ status: 409, code: 'nothing-waits', detail });
      }
      const { contactId, changes } = accepted;
      await recordAudit(deps.db, { actor, action: 'form-submission.accept', target: id, details: { contactId } });
      return { id, contactId, sync: await requestSync(deps, contactId, changes) };
    },
  }),
];

/** The entries of the contact's history that the submission has made. */
async function listMerged(db: Database, { contact_id: contactId, link_id: linkId }: SubmissionRow) {
  if (contactId === null || linkId === null) return [];
  const changes = await listRecordChanges(db, { contactId, linkIds: [linkId], after: '0' });
  return changes.map(({ id, field, before, after, losing }) => ({ historyId: id, field: field ?? '', before, after, losing }));
}

function noSubmission(id: string): ApiProblem {
  return notFound(`There is no submission ${id}.`);
}
