import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { webUiLink } from '#api/web-ui.ts';
import { markCustomer } from '#contacts/mark-customer.ts';
import { recordAudit } from '#db/audit-log.ts';
import { contactWorkflowId } from '#workflows/ids.ts';
import { contactIdParameter, findContactByAnyId, getContactByAnyId, syncOutcome } from './contact-parameter.ts';
import { explainedContact } from './contact-schemas.ts';
import { markRecordsDirty, requestSync, retryContact } from './contact-workflow.ts';
import { explainContact } from './explain-contact.ts';

export const contactOperations = [
  defineOperation({
    method: 'get',
    path: '/sync/contacts/{id}',
    aliases: ['/api/v1/contacts/{id}'],
    tag: 'Contacts',
    summary: 'Explain a contact',
    description:
      'Returns the fields with their origins, the records at the providers and their values side by side, every audience rule with its ' +
      'result and the value that it looks at, the open decisions, the workflow, and the latest history. An id that was merged away ' +
      'leads to the contact that it was merged into, as `mergedId` says.',
    scope: 'sync:read',
    params: z.object({ id: contactIdParameter }),
    response: { status: 200, description: 'The contact', data: explainedContact },
    problems: { 404: 'No such contact' },
    async handle({ params: { id } }, deps) {
      const { mergedId, contact } = await findContactByAnyId(deps.db, id);
      return explainContact(deps, contact, { mergedId });
    },
  }),
  defineOperation({
    method: 'post',
    path: '/sync/contacts/{id}/retry',
    tag: 'Contacts',
    summary: 'Retry the sync of a contact',
    description: 'Wakes a waiting workflow. If none runs, starts one that reads every record of the contact and syncs it.',
    scope: 'sync:write',
    params: z.object({ id: contactIdParameter }),
    response: {
      status: 202,
      description: 'The sync is retried',
      data: z.object({ contactId: z.string(), sync: z.enum(['retrying', ...syncOutcome.options]), webUi: z.string().nullable() }),
    },
    problems: { 404: 'No such contact' },
    async handle({ params, actor }, deps) {
      const { id } = await getContactByAnyId(deps.db, params.id);
      await recordAudit(deps.db, { actor, action: 'contact.retry', target: id });
      return { contactId: id, sync: await retryContact(deps, id), webUi: webUiLink(deps, contactWorkflowId(id)) };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/sync/mark-customer/{ghl_contact_id}',
    tag: 'Contacts',
    summary: 'Mark a contact as a customer',
    description:
      'A customer leaves the audiences that exclude customers, whatever its tags. `{"is_customer": false}` removes the mark.',
    scope: 'sync:write',
    params: z.object({ ghl_contact_id: contactIdParameter }),
    body: z.object({ is_customer: z.boolean().default(true) }).default({ is_customer: true }),
    response: {
      status: 200,
      description: 'The mark is stored, and the sync of the contact is requested',
      data: z.object({ contact_id: z.string(), is_customer: z.boolean(), changed: z.boolean(), sync: syncOutcome }),
    },
    problems: { 404: 'No such contact' },
    async handle({ params, body, actor }, deps) {
      const { id } = await getContactByAnyId(deps.db, params.ghl_contact_id);
      const records = await markRecordsDirty(deps, id);
      const changed = await markCustomer(deps.contacts, { contactId: id, isCustomer: body.is_customer, actor });
      await recordAudit(deps.db, { actor, action: 'contact.mark-customer', target: id, details: { ...body, changed } });
      return { contact_id: id, ...body, changed, sync: await requestSync(deps, id, records) };
    },
  }),
];
