import { z } from 'zod';
import { timeOf } from '#api/rest/page.ts';
import type { Erasure, ErasureRecord } from '#db/erasure/erasures.ts';

const proof = z
  .object({
    id: z.uuid().meta({ description: 'The id of the link that the record had.' }),
    provider: z.string().meta({ description: 'The account.' }),
    state: z.enum(['open', 'deleted', 'verified']).meta({
      description: '`deleted`: the vendor has accepted the deletion. `verified`: a read by id has found nothing since.',
    }),
    answer: z
      .enum(['accepted', 'not-found', 'never-created'])
      .nullable()
      .meta({
        description:
          'The answer of the vendor to the deletion. `not-found`: the record did not exist any more. `never-created`: a create by Accord made no ' +
          'record.',
      }),
    calledAt: z.iso.datetime().nullable(),
    verifiedAt: z.iso.datetime().nullable(),
    verifiedStatus: z.int().nullable().meta({ description: 'The status of the read that found nothing, such as 404.' }),
    traceId: z.string().nullable().meta({ description: 'The vendor’s id of that request.' }),
    attempts: z.int().meta({ description: 'Failed attempts.' }),
    error: z.string().nullable().meta({ description: 'Why it is still open, in one sentence.' }),
    errorAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ErasureProof' });

export const erasure = z
  .object({
    id: z.uuid(),
    contactId: z.uuid(),
    mergedIds: z.array(z.uuid()).meta({ description: 'Contacts that had been merged into it, and were erased with it.' }),
    state: z.enum(['running', 'completed']),
    reason: z.string(),
    actor: z.string().meta({ description: '`api-key:<name>`.' }),
    requestedAt: z.iso.datetime(),
    completedAt: z.iso.datetime().nullable(),
    records: z.array(proof).meta({ description: 'The records at vendors.' }),
    removed: z.record(z.string(), z.int()).meta({ description: 'The number of deleted rows, by table.' }),
    endpointIds: z
      .array(z.uuid())
      .meta({ description: 'Endpoints of subscribers that got events of the person: tell their owners.' }),
    exportFiles: z
      .array(z.string())
      .meta({ description: 'Files in `webhooks.exportDirectory` of the worker that name the contact: delete its lines there.' }),
    blocked: z.int().meta({ description: 'Records and submissions of the person that were kept out since.' }),
    lastBlockedAt: z.iso.datetime().nullable(),
    liftedAt: z.iso.datetime().nullable().meta({ description: 'When the erasure was lifted: nothing is kept out any more.' }),
    liftedBy: z.string().nullable().meta({ description: '`api-key:<name>`, or `form:<name>`.' }),
    liftReason: z.string().nullable(),
    webUi: z.string().nullable(),
  })
  .meta({ id: 'Erasure' });

export function showErasure(row: Erasure, records: readonly ErasureRecord[], webUi: string | null): z.input<typeof erasure> {
  return {
    id: row.id,
    contactId: row.contact_id,
    mergedIds: row.merged_ids,
    state: row.state,
    reason: row.reason,
    actor: row.actor,
    requestedAt: row.requested_at.toISOString(),
    completedAt: timeOf(row.completed_at),
    records: records.filter(({ erasure_id }) => erasure_id === row.id).map(showProof),
    removed: row.removed,
    endpointIds: row.endpoint_ids,
    exportFiles: row.export_files,
    blocked: row.blocked,
    lastBlockedAt: timeOf(row.last_blocked_at),
    liftedAt: timeOf(row.lifted_at),
    liftedBy: row.lifted_by,
    liftReason: row.lift_reason,
    webUi,
  };
}

function showProof(row: ErasureRecord): z.input<typeof proof> {
  return {
    ...{ id: row.link_id, provider: row.provider, state: row.state, answer: row.answer },
    ...{ calledAt: timeOf(row.called_at), verifiedAt: timeOf(row.verified_at), verifiedStatus: row.verified_status },
    ...{ traceId: row.trace_id, attempts: row.attempts, error: row.error, errorAt: timeOf(row.error_at) },
  };
}
