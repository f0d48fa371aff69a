import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { nextCursor } from '#api/rest/page.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { listOutstandingWrites } from '#contacts/plan/planned-writes.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listFailingContacts } from '#db/contacts/lists/failing-contacts.ts';
import { syncOutcome } from './contact-parameter.ts';
import { retryContact } from './contact-workflow.ts';
import { remoteWrite, showWrite } from './decisions.ts';

const concurrency = 8;

export const retryOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/contacts/retry',
    tag: 'Contacts',
    summary: 'Retry many parked contacts',
    description:
      'Wakes the workflow of each contact whose last call failed, a page at a time: repeat with `next` as `cursor`. Temporal wakes them one by ' +
      'one, and the rates of the accounts hold.',
    scope: 'sync:write',
    body: z.strictObject({
      error: z
        .string()
        .max(100)
        .optional()
        .meta({ description: 'Only those with this type of error.', example: 'AuthenticationError' }),
      provider: z.string().max(100).optional().meta({ description: 'Only those that failed there.' }),
      dryRun: z.boolean().default(false).meta({ description: 'Only lists the contacts, and their outstanding writes.' }),
      cursor: z.uuid().optional(),
      limit: z.int().min(1).max(200).default(100),
    }),
    response: {
      status: 200,
      description: 'A page of contacts, retried unless it is a dry run',
      data: z.object({
        dryRun: z.boolean(),
        contacts: z.array(z.object({ contactId: z.uuid(), sync: z.enum(['would-retry', 'retrying', ...syncOutcome.options]) })),
        writes: z.array(remoteWrite).meta({
          description: 'The writes that are outstanding for these contacts, at every account. Empty unless it is a dry run.',
        }),
        next: nextCursor,
      }),
    },
    async handle({ body: { dryRun, limit, ...filter }, actor }, deps) {
      const ids = await listFailingContacts(deps.db, { ...filter, limit: limit + 1 });
      const page = ids.slice(0, limit);
      if (!dryRun && page.length > 0)
        await recordAudit(deps.db, {
          actor,
          action: 'contact.retry-many',
          target: 'parked',
          details: { ...filter, count: page.length },
        });
      const writes = dryRun ? await listOutstandingWrites(deps.contacts, page) : [];
      const contacts = await mapConcurrently(page, concurrency, async (contactId) => ({
        contactId,
        sync: dryRun ? ('would-retry' as const) : await retryContact(deps, contactId),
      }));
      return { dryRun, contacts, writes: writes.map(showWrite), next: ids.length > limit ? (page.at(-1) ?? null) : null };
    },
  }),
];
