import { z } from 'zod';
import { syncOutcome } from '#api/contacts/contact-parameter.ts';
import { requestSync } from '#api/contacts/contact-workflow.ts';
import { toFullName } from '#api/contacts/show-name.ts';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, pageQuery, timeFilter, timeOf, toPage } from '#api/rest/page.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listRecordChanges } from '#db/contacts/history.ts';
import type { Database } from '#db/database.ts';
import {
  acceptSubmission,
  type ConfirmationColumns,
  findSubmissionRow,
  listEventDeliveries,
  listSubmissionNotes,
  listSubmissions,
  type SubmissionRow,
} from '#db/sync/submission-decisions.ts';
import type { ConfirmationRefusal } from '#db/sync/tables.ts';
import { emptyFields } from '#domain/contact.ts';

const root = '/api/v1/form-submissions';
const alias = '/api/v1/submissions';

const states = ['queued', 'merged', 'waiting', 'accepted'] as const;

const confirmation = z
  .object({
    state: z.enum(['queued', 'awaiting', 'confirmed', 'expired', 'superseded', 'failed', 'not-sent']).meta({
      description:
        '`queued`: the email is on its way to the mail server. `awaiting`: it was sent, and the link was not used. `confirmed`: the ' +
        'visitor used the link. `expired`: the link can no longer be used. `superseded`: a person accepted the submission first. ' +
        '`failed`: the mail server refused the email. `not-sent`: none is sent, see `reason`. A person can accept the submission in ' +
        'every state.',
    }),
    requestedAt: z.iso.datetime().meta({ description: 'Since when the submission awaits its confirmation.' }),
    sentAt: z.iso.datetime().nullable(),
    confirmedAt: z.iso.datetime().nullable(),
    reason: z.string().nullable().meta({ description: 'Why the email was not sent, or not yet.' }),
  })
  .meta({ id: 'FormConfirmation' });

const shown = {
  id: z.uuid(),
  form: z.string().meta({ description: 'Name of the form in accord.yaml.' }),
  receivedAt: z.iso.datetime(),
  contactId: z.uuid().nullable().meta({ description: 'The contact that it belongs to.' }),
  contactName: z.string().nullable(),
  proof: z.enum(['origin', 'signature']).meta({ description: '`signature`: a server signed it. `origin`: a page sent it.' }),
  state: z.enum(states).meta({
    description:
      '`queued`: not read yet. `merged`: its values are in the contact. `waiting`: its changes to an existing contact wait for ' +
      'proof. `accepted`: it waited, and was accepted.',
  }),
  message: z.string().nullable(),
  confirmation: confirmation.nullable().meta({
    description: 'The email with a confirmation link; null when nothing waits, and for forms without `trust: confirm`.',
  }),
};

const summary = z.object(shown).meta({ id: 'FormSubmission' });

const details = z
  .object({
    ...shown,
    values: z.record(z.string(), z.string()).meta({ description: 'By field name, as typed.' }),
    evidence: z
      .record(z.string(), z.string())
      .meta({ description: 'Origin, page, address, browser and the text of permissions.' }),
    pending: z
      .array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() }))
      .meta({ description: 'The changes of the contact that waited or wait for proof, as they were computed on arrival.' }),
    merged: z
      .array(
        z.object({
          historyId: z
            .string()
            .meta({ description: 'Of the entry: `POST /api/v1/contacts/{id}/history/{entry}/undo` takes it back.' }),
          field: z.string(),
          before: z.unknown(),
          after: z.unknown(),
          losing: z.unknown().meta({ description: 'The value that lost, where the contact had been changed as well.' }),
        }),
      )
      .meta({ description: 'Its changes in the contact.' }),
    consents: z
      .array(
        z.object({
          field: z.string(),
          words: z.string().meta({ description: 'The text that the visitor agreed to, as it was then.' }),
          channels: z.array(z.string()),
        }),
      )
      .meta({ description: 'The permissions that the visitor gave.' }),
    acceptedAt: z.iso.datetime().nullable(),
    acceptedBy: z.string().nullable().meta({ description: '`api-key:<name>`, or `email-link` for a visitor who confirmed.' }),
    notes: z
      .array(
        z.object({
          provider: z.string(),
          state: z.enum(['pending', 'written', 'failed']),
          externalId: z.string().nullable().meta({ description: 'The vendor’s id of the note.' }),
          writtenAt: z.iso.datetime().nullable(),
          error: z.string().nullable(),
        }),
      )
      .meta({ description: 'The message at each vendor that has notes. The others get it in the note of the contact.' }),
    event: z
      .object({
        id: z.uuid(),
        deliveries: z.array(z.object({ id: z.uuid(), endpointId: z.uuid(), state: z.string() })),
      })
      .nullable()
      .meta({ description: 'The event `form_submitted`; null when no endpoint subscribed to it.' }),
  })
  .meta({ id: 'FormSubmissionDetails' });

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
        next: z.string().nullable().meta({ description: 'Cursor of the next page; null on the last page.' }),
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

function toConsents(evidence: Record<string, string>): { field: string; words: string; channels: string[] }[] {
  return Object.entries(evidence).flatMap(([key, words]) => {
    const [, field] = /^words\.(.+)$/.exec(key) ?? [];
    return field === undefined ? [] : [{ field, words, channels: evidence[`grants.${field}`]?.split(' ') ?? [] }];
  });
}

function toSummary(row: SubmissionRow) {
  const { id, form, received_at, contact_id: contactId, contact_fields: fields, evidence, message } = row;
  const contactName = fields === null ? null : toFullName({ ...emptyFields, ...fields });
  const proof = evidence.proof === 'signature' ? ('signature' as const) : ('origin' as const);
  const shownConfirmation = row.confirmation === null ? null : toConfirmation(row, row.confirmation);
  return {
    ...{ id, form, receivedAt: received_at.toISOString(), contactId, contactName, proof, state: stateOf(row), message },
    confirmation: shownConfirmation,
  };
}

const reasons: Record<ConfirmationRefusal, string> = {
  'unknown-address': 'The submission names no address that the contact has and that proves a person.',
  'address-limit': 'The address got as many of these emails in 24 hours as confirmation.perAddress allows.',
  'sender-limit': 'The sender caused as many of these emails in 24 hours as confirmation.perSender allows.',
};

function toConfirmation(row: SubmissionRow, columns: ConfirmationColumns): z.input<typeof confirmation> {
  const { requested_at, sent_at, confirmed_at, refusal, error } = columns;
  const toTime = (text: string | null) => (text === null ? null : new Date(text).toISOString());
  return {
    ...{ state: confirmationStateOf(row, columns), requestedAt: new Date(requested_at).toISOString() },
    ...{ sentAt: toTime(sent_at), confirmedAt: toTime(confirmed_at), reason: refusal === null ? error : reasons[refusal] },
  };
}

function confirmationStateOf(
  { accepted_at }: SubmissionRow,
  { confirmed_at, refusal, failed_at, sent_at, days }: ConfirmationColumns,
): z.input<typeof confirmation>['state'] {
  if (confirmed_at !== null) return 'confirmed';
  if (accepted_at !== null) return 'superseded';
  if (refusal !== null) return 'not-sent';
  if (failed_at !== null) return 'failed';
  if (sent_at === null) return 'queued';
  return Date.now() > new Date(sent_at).getTime() + days * 86_400_000 ? 'expired' : 'awaiting';
}

function stateOf({ pending, accepted_at, observed_at }: SubmissionRow): (typeof states)[number] {
  if (pending !== null) return accepted_at === null ? 'waiting' : 'accepted';
  return observed_at === null ? 'queued' : 'merged';
}

function toPendingChange({ field, before, after }: { field: string; before: unknown; after: unknown }) {
  return { field, before, after };
}

function noSubmission(id: string): ApiProblem {
  return notFound(`There is no submission ${id}.`);
}
