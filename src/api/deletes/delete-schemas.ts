import { z } from 'zod';
import { syncOutcome } from '#api/contacts/contact-parameter.ts';
import { contactFields } from '#api/contacts/contact-schemas.ts';
import { remoteWrite } from '#api/contacts/decisions.ts';
import { deleteDecisions } from '#contacts/deletes/decide-delete.ts';
import { deleteStates } from '#db/deletes/tables.ts';
import { askReasons } from '#domain/deletes/plan-deletes.ts';

export const state = z.enum(deleteStates).meta({
  description:
    '`open`: waits for a decision. `approved`: Accord deletes the record. `deleted`, `archived`: the vendor has deleted or archived it. ' +
    '`kept`: a person decided to keep it. `restored`: a person had the lost record created again. `withdrawn`: no longer needed, because the ' +
    'lost record exists again or the other one was deleted as well. `undone`: the deleted record was created again.',
});

export const deleteRequest = z
  .object({
    id: z.uuid(),
    state,
    because: z.enum(askReasons).meta({
      description:
        'Why a person is asked. `policy`: accord.yaml says so. `many`: more records than usual were deleted within an hour. `edited`: ' +
        'somebody edited the record since. `not-live`: the account is not written to.',
    }),
    contactId: z.uuid(),
    lost: z
      .object({ provider: z.string(), externalId: z.string().nullable() })
      .meta({ description: 'The record that was deleted at its account.' }),
    event: z.string().nullable().meta({
      description:
        'The vendor’s event that reported the deletion; null when a read found it. Vendors do not report who deleted a record.',
      example: 'customer.deleted',
    }),
    missingSince: z.iso.datetime(),
    record: z
      .object({
        provider: z.string(),
        externalId: z.string().nullable(),
        values: z.record(z.string(), z.unknown()).meta({ description: 'Its values when it was last read.' }),
        editedAt: z.iso.datetime().nullable(),
      })
      .meta({ description: 'The record that would be deleted.' }),
    fields: contactFields.meta({ description: 'The fields of the contact.' }),
    revision: z.string().meta({
      description: 'Changes with the contact and the record. A decision that sends it is refused if they have changed since.',
    }),
    canRestore: z.boolean().meta({ description: 'The lost record, or after `deleted` this one, can be created again.' }),
    createdAt: z.iso.datetime(),
    decidedBy: z.string().nullable().meta({ description: '`accord` if the settings decided.' }),
    decidedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'DeleteRequest' });

export const filterShape = {
  source: z.string().max(100).optional().meta({ description: 'The account that lost its record.' }),
  provider: z.string().max(100).optional().meta({ description: 'The account whose record would be deleted.' }),
  contactId: z.uuid().optional(),
};

export const decided = z.object({
  id: z.uuid(),
  state,
  contactId: z.uuid(),
  writes: z.array(remoteWrite).meta({ description: 'The writes to vendors that follow, besides the deletion.' }),
  sync: syncOutcome.nullable(),
});

export const bulkDecision = z.strictObject({
  decision: z.enum(deleteDecisions),
  filter: z.strictObject(filterShape).default({}),
  dryRun: z.boolean().default(true).meta({ description: 'Counts the requests, without deciding them.' }),
  limit: z.int().min(1).max(200).default(100).meta({ description: 'The maximum of requests, the newest first.' }),
});

export const bulkResult = z.object({
  dryRun: z.boolean(),
  total: z.int().meta({ description: 'Requests that match the filter, before this decision.' }),
  records: z.record(z.string(), z.int()).meta({ description: 'Of those, the number by the account of the record.' }),
  deletes: z.array(
    z.object({
      id: z.uuid(),
      outcome: z.enum(['would-decide', 'decided', 'decided-before', 'not-live', 'not-restorable']),
    }),
  ),
  hasMore: z.boolean().meta({ description: 'More requests match than `limit`.' }),
});
