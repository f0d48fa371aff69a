import { z } from 'zod';
import { contactIdParameter, getContactByAnyId } from '#api/contacts/contact-parameter.ts';
import { retryRunning } from '#api/contacts/contact-workflow.ts';
import { previewQuery } from '#api/contacts/decisions.ts';
import type { ApiDeps } from '#api/deps.ts';
import { startErasureWorkflow } from '#api/dispatch/start-erasures.ts';
import { conflict, invalidInput, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, pageOf, pageQuery, toPage } from '#api/rest/page.ts';
import { webUiLink } from '#api/web-ui.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { beginErasure } from '#contacts/erasure/begin-erasure.ts';
import { previewErasure } from '#contacts/erasure/preview-erasure.ts';
import { recordAudit } from '#db/audit-log.ts';
import type { StoredContact } from '#db/contacts/contacts.ts';
import { liftErasures } from '#db/erasure/erased-keys.ts';
import { findErasure, listErasureRecords, listErasures } from '#db/erasure/erasures.ts';
import { mentionsPerson } from '#domain/mentions-person.ts';
import { erasureWorkflowId } from '#workflows/ids.ts';
import { erasure, showErasure } from './erasure-schemas.ts';

const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ description: 'The reason, without personal data: it is kept with the proof.', example: 'request of 2026-11-29' });

const preview = z.object({
  records: z
    .array(z.object({ provider: z.string(), externalId: z.string().nullable() }))
    .meta({ description: 'Records at vendors that are deleted; `externalId` is null for a create in progress.' }),
  tables: z
    .array(
      z.object({
        table: z.string(),
        holds: z.string(),
        rows: z.int(),
        stays: z.boolean().meta({ description: 'The rows are kept, without the values of the person.' }),
      }),
    )
    .meta({ description: 'Rows that Accord deletes or empties.' }),
});

export const erasureOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/contacts/{id}/erase',
    tag: 'Erasure and export',
    summary: 'Erase a person',
    description:
      'Deletes the records of the person at every vendor, in every mode of the account except `paused`, and all data that Accord has stored. ' +
      'It cannot be undone. The contact is no longer synced from then on; a workflow calls each vendor until a read confirms that the record ' +
      'does not exist. Keyed hashes of emails, phone numbers and record ids keep the person out of imports, polls and webhooks, until an ' +
      'operator lifts the erasure, or the person sends a form with proof. `?preview=true` changes nothing.',
    scope: 'admin',
    params: z.object({ id: contactIdParameter }),
    query: previewQuery,
    body: z.strictObject({ reason }),
    response: {
      status: 202,
      description: 'The records and rows that are deleted',
      data: z.object({
        preview: z.boolean(),
        contactId: z.uuid(),
        erasure: erasure.nullable().meta({ description: 'Null for a preview.' }),
        ...preview.shape,
      }),
    },
    problems: { 404: 'No such contact', 409: 'No encryption key is set' },
    async handle({ params, query, body, actor }, deps) {
      const contact = await getContactByAnyId(deps.db, params.id);
      const planned = await previewErasure(deps.contacts, contact.id);
      const isPreview = query.preview === 'true';
      if (isPreview) return { preview: true, contactId: contact.id, erasure: null, ...planned };
      const id = await begin(deps, contact, { reason: body.reason, actor });
      return { preview: false, contactId: contact.id, erasure: await show(deps, id), ...planned };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/erasures',
    tag: 'Erasure and export',
    summary: 'List erasures, newest first',
    scope: 'sync:read',
    isImpersonal: true,
    query: z.strictObject(pageQuery),
    response: { status: 200, description: 'Erasures with their proofs', data: pageOf(erasure) },
    async handle({ query: { cursor, limit } }, deps) {
      const rows = await listErasures(deps.db, { cursor, limit: limit + 1 });
      const records = await listErasureRecords(
        deps.db,
        rows.map(({ id }) => id),
      );
      return toPage(rows, limit, (row) => showErasure(row, records, webUiLink(deps, erasureWorkflowId(row.id))));
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/erasures/{id}',
    tag: 'Erasure and export',
    summary: 'Get an erasure with the proof of each vendor',
    description: 'It contains no personal data, and is kept.',
    scope: 'sync:read',
    isImpersonal: true,
    params: idParameter,
    response: { status: 200, description: 'The erasure', data: erasure },
    problems: { 404: 'No such erasure' },
    handle: ({ params }, deps) => show(deps, params.id),
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/erasures/{id}/retry',
    tag: 'Erasure and export',
    summary: 'Retry an open erasure now',
    scope: 'sync:write',
    params: idParameter,
    response: { status: 202, description: 'The workflow calls the vendors again', data: erasure },
    problems: { 404: 'No such erasure', 409: 'The erasure is completed' },
    async handle({ params: { id }, actor }, deps) {
      const { state } = await show(deps, id);
      if (state === 'completed') throw conflict('completed', 'The erasure is completed: every vendor has proved it.');
      await recordAudit(deps.db, { actor, action: 'erasure.retry', target: id });
      await startErasureWorkflow(toStarter(deps), id);
      return show(deps, id);
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/erasures/{id}/lift',
    tag: 'Erasure and export',
    summary: 'Lift an erasure',
    description: 'New records and forms of the person create a contact again. Erased data is not restored.',
    scope: 'admin',
    params: idParameter,
    body: z.strictObject({ reason }),
    response: { status: 200, description: 'The erasure is lifted', data: erasure },
    problems: { 404: 'No such erasure', 409: 'The erasure is still running, or is lifted already' },
    async handle({ params: { id }, body, actor }, deps) {
      const { state, liftedAt } = await show(deps, id);
      if (state === 'running') throw conflict('running', 'The erasure is still running: lift it when it is completed.');
      if (liftedAt !== null) throw conflict('lifted', 'The erasure was lifted before.');
      await deps.db.transaction().execute(async (tx) => {
        await liftErasures(tx, { erasureIds: [id], by: actor, reason: body.reason, at: deps.contacts.now() });
        await recordAudit(tx, { actor, action: 'erasure.lift', target: id, details: body });
      });
      return show(deps, id);
    },
  }),
];

/** Begins the erasure. While Temporal does not answer, the sweeper starts the workflow later. */
async function begin(deps: ApiDeps, contact: StoredContact, request: { reason: string; actor: string }): Promise<string> {
  if ((deps.delivery?.encryptionKey ?? null) === null || !deps.contacts.erasureSecret)
    throw conflict('no-encryption-key', 'Set ACCORD_ENCRYPTION_KEY first: the hashes of erased people have an encrypted key.');
  if (mentionsPerson(request.reason, contact.fields)) {
    const message = 'names the person: it stays as a part of the proof, so write it without personal data';
    throw invalidInput('body', [{ path: ['reason'], message }]);
  }
  // Before the transaction: it may need a connection of its own.
  await deps.contacts.erasureSecret.get();
  const id = await inTransaction(deps.contacts, (transaction) =>
    beginErasure(transaction, { contactId: contact.id, ...request }),
  );
  try {
    await startErasureWorkflow(toStarter(deps), id);
    // A parked lane has nothing to do any more, and ends.
    await retryRunning(deps, contact.id);
  } catch (error) {
    deps.log.warn({ err: error, erasureId: id }, 'Temporal does not answer: the erasure starts when it does');
  }
  return id;
}

function toStarter({ db, temporal, taskQueuePrefix, timing }: ApiDeps) {
  return { db, temporal, taskQueuePrefix, ...(timing && { timing }) };
}

async function show(deps: ApiDeps, id: string): Promise<z.input<typeof erasure>> {
  const row = await findErasure(deps.db, id);
  if (!row) throw notFound(`There is no erasure ${id}. GET /api/v1/erasures lists the newest.`);
  return showErasure(row, await listErasureRecords(deps.db, [id]), webUiLink(deps, erasureWorkflowId(id)));
}
