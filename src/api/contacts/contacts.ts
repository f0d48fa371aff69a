import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { webUiLink } from '#api/web-ui.ts';
import { markCustomer } from '#contacts/mark-customer.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listHistory } from '#db/contacts/history.ts';
import { type Link, listLinks } from '#db/contacts/links.ts';
import { evaluateAudience } from '#domain/audience.ts';
import { contactWorkflowId } from '#workflows/ids.ts';
import { contactIdParameter, getContact, syncOutcome } from './contact-parameter.ts';
import { explainedContact } from './contact-schemas.ts';
import { describeWorkflow, markRecordsDirty, requestSync, retryRunning } from './contact-workflow.ts';

const historyShown = 50;

export const contactOperations = [
  defineOperation({
    method: 'get',
    path: '/sync/contacts/{id}',
    tag: 'Contacts',
    summary: 'Why is this contact where it is?',
    description: 'Its fields, its records at the providers, each audience rule by rule, its workflow, and what happened lately.',
    scope: 'sync:read',
    params: z.object({ id: contactIdParameter }),
    response: { status: 200, description: 'The contact', data: explainedContact },
    problems: { 404: 'No such contact' },
    async handle({ params }, deps) {
      const contact = await getContact(deps.db, params.id);
      const { id, revision, syncStatus, isCustomer, isDeleted, fields } = contact;
      const [links, history, workflow] = await Promise.all([
        listLinks(deps.db, id),
        listHistory(deps.db, id, historyShown),
        describeWorkflow(deps, id),
      ]);
      return {
        ...{ id, revision, syncStatus, isCustomer, isDeleted, fields },
        links: links.map(fromLink),
        audiences: deps.audiences.map((audience) => evaluateAudience(audience, contact)),
        workflow,
        history: history.map(({ contact_id, at, ...entry }) => ({ at: at.toISOString(), ...entry })),
      };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/sync/contacts/{id}/retry',
    tag: 'Contacts',
    summary: 'Try again now',
    description: 'Wakes the workflow that waits; where none runs, reads all records of the contact again and syncs it.',
    scope: 'sync:write',
    params: z.object({ id: contactIdParameter }),
    response: {
      status: 202,
      description: 'It is tried again',
      data: z.object({ contactId: z.string(), sync: z.enum(['retrying', ...syncOutcome.options]), webUi: z.string().nullable() }),
    },
    problems: { 404: 'No such contact' },
    async handle({ params, actor }, deps) {
      const { id } = await getContact(deps.db, params.id);
      await recordAudit(deps.db, { actor, action: 'contact.retry', target: id });
      const webUi = webUiLink(deps, contactWorkflowId(id));
      if (await retryRunning(deps, id)) return { contactId: id, sync: 'retrying' as const, webUi };
      return { contactId: id, sync: await requestSync(deps, id, await markRecordsDirty(deps, id)), webUi };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/sync/mark-customer/{ghl_contact_id}',
    tag: 'Contacts',
    summary: 'Keep a customer out of the cold leads',
    description: 'Marks the contact by hand, whatever its tags say. `{"is_customer": false}` takes the mark back.',
    scope: 'sync:write',
    params: z.object({ ghl_contact_id: contactIdParameter }),
    body: z.object({ is_customer: z.boolean().default(true) }).default({ is_customer: true }),
    response: {
      status: 200,
      description: 'It is marked, and its targets are brought in step',
      data: z.object({ contactId: z.string(), is_customer: z.boolean(), changed: z.boolean(), sync: syncOutcome }),
    },
    problems: { 404: 'No such contact' },
    async handle({ params, body, actor }, deps) {
      const { id } = await getContact(deps.db, params.ghl_contact_id);
      const records = await markRecordsDirty(deps, id);
      const changed = await markCustomer(deps.contacts, { contactId: id, isCustomer: body.is_customer, actor });
      await recordAudit(deps.db, { actor, action: 'contact.mark-customer', target: id, details: { ...body, changed } });
      return { contactId: id, ...body, changed, sync: await requestSync(deps, id, records) };
    },
  }),
];

function fromLink(link: Link) {
  return {
    id: link.id,
    provider: link.provider,
    accountId: link.account_id,
    externalId: link.external_id,
    state: link.state,
    origin: link.origin,
    shadow: link.shadow,
    held: { ...link.held },
    missingSince: link.missing_since?.toISOString() ?? null,
    changedAt: link.changed_at?.toISOString() ?? null,
    observedAt: link.observed_at?.toISOString() ?? null,
    pushedAt: link.pushed_at?.toISOString() ?? null,
    lastError: link.last_error,
  };
}
