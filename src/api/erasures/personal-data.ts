import { z } from 'zod';
import { contactIdParameter, getContactByAnyId } from '#api/contacts/contact-parameter.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { exportPerson } from '#contacts/erasure/export-person.ts';
import { recordAudit } from '#db/audit-log.ts';

const personalData = z
  .object({
    contactId: z.uuid(),
    mergedIds: z.array(z.uuid()).meta({ description: 'Contacts that were merged into it; their rows are included.' }),
    exportedAt: z.iso.datetime(),
    data: z
      .record(
        z.string(),
        z.object({
          holds: z.string().meta({ description: 'The kind of data about a person in the table.' }),
          rows: z.array(z.record(z.string(), z.unknown())).meta({ description: 'With the columns of the table.' }),
        }),
      )
      .meta({ description: 'By table. Tables without a row about the person are left out; docs/privacy.md lists all.' }),
  })
  .meta({ id: 'PersonalData' });

export const personalDataOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/contacts/{id}/personal-data',
    tag: 'Erasure and export',
    summary: 'Export all data that is stored about a person',
    description:
      'The contact with its origins, its records at vendors, history, received webhooks, form submissions, events and deliveries, ' +
      'questions and decisions, refusals, merges, writes, and entries of the audit log. The export is recorded in the audit log.',
    scope: 'admin',
    params: z.object({ id: contactIdParameter }),
    response: { status: 200, description: 'Every row about the person', data: personalData },
    problems: { 404: 'No such contact' },
    async handle({ params, actor }, { db, contacts }) {
      const { id } = await getContactByAnyId(db, params.id);
      await recordAudit(db, { actor, action: 'contact.export', target: id });
      return exportPerson(db, { id }, contacts.now());
    },
  }),
];
