import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { webUiLink } from '#api/web-ui.ts';
import { markCustomer } from '#contacts/mark-customer.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listHistory } from '#db/contacts/history.ts';
import { type Link, listLinks } from '#db/contacts/links.ts';
import { listOpenQuestions, type OpenQuestion } from '#db/contacts/open-questions.ts';
import { listRefused } from '#db/contacts/refused-keys.ts';
import { evaluateAudience } from '#domain/audience.ts';
import { withoutOwn } from '#domain/matching/own-addresses.ts';
import { rulesAgainstDoubles } from '#domain/matching/recognise.ts';
import { toRefusalKeys } from '#domain/refusal.ts';
import { contactWorkflowId } from '#workflows/ids.ts';
import { contactIdParameter, getContactByAnyId, syncOutcome } from './contact-parameter.ts';
import { explainedContact } from './contact-schemas.ts';
import { describeWorkflow, markRecordsDirty, requestSync, retryRunning } from './contact-workflow.ts';

const maxHistory = 50;

export const contactOperations = [
  defineOperation({
    method: 'get',
    path: '/sync/contacts/{id}',
    tag: 'Contacts',
    summary: 'Explain a contact',
    description:
      'Returns the fields, the records at the providers, every audience rule with its result, the workflow, and the latest history.',
    scope: 'sync:read',
    params: z.object({ id: contactIdParameter }),
    response: { status: 200, description: 'The contact', data: explainedContact },
    problems: { 404: 'No such contact' },
    async handle({ params }, deps) {
      const contact = await getContactByAnyId(deps.db, params.id);
      const { id, revision, syncStatus, isCustomer, isDeleted, fields } = contact;
      const [refused, links, history, workflow] = await Promise.all([
        listRefused(deps.db, id, withoutOwn(toRefusalKeys(fields), deps.contacts.ownAddresses)),
        listLinks(deps.db, id),
        listHistory(deps.db, id, maxHistory),
        describeWorkflow(deps, id),
      ]);
      return {
        ...{ id, revision, syncStatus, isCustomer, isDeleted, fields, refused },
        waitsFor:
          syncStatus === 'waiting'
            ? (await listOpenQuestions(deps.db, id, { exceptRules: rulesAgainstDoubles })).map(showQuestion)
            : [],
        links: links.map(fromLink),
        audiences: deps.audiences.map((audience) => evaluateAudience(audience, { ...contact, refused })),
        workflow,
        history: history.map(({ contact_id, link_id: linkId, at, ...entry }) => ({ at: at.toISOString(), ...entry, linkId })),
      };
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
      const webUi = webUiLink(deps, contactWorkflowId(id));
      if (await retryRunning(deps, id)) return { contactId: id, sync: 'retrying' as const, webUi };
      return { contactId: id, sync: await requestSync(deps, id, await markRecordsDirty(deps, id)), webUi };
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

function showQuestion({ candidateId, otherId, providers }: OpenQuestion) {
  const where = providers.length === 0 ? '' : ` (${providers.join(', ')})`;
  const because = `This may be the person of contact ${otherId}${where}: no record is created until candidate ${candidateId} is accepted or rejected.`;
  return { candidateId, contactId: otherId, because };
}

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
