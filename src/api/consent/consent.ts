import { z } from 'zod';
import { contactIdParameter, getContactByAnyId, syncOutcome } from '#api/contacts/contact-parameter.ts';
import { decide, previewQuery, remoteWrite } from '#api/contacts/decisions.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { decideConsent } from '#contacts/consent/decide-consent.ts';
import { recordAudit } from '#db/audit-log.ts';
import { refusalChannels } from '#domain/refusal.ts';
import { channel, channels, reason } from './consent-schemas.ts';

const body = z
  .strictObject({
    decision: z.enum(['deny', 'lift']).default('deny'),
    channels: channels.default([...refusalChannels]).meta({ description: 'Default: all.' }),
    reason: reason.optional().meta({ description: 'Required for `lift`. Visible to everyone who can read contacts.' }),
    wording: z.string().trim().min(1).max(2_000).optional().meta({ description: 'The person’s own words.' }),
  })
  .refine((decided) => decided.decision === 'deny' || decided.reason !== undefined, {
    path: ['reason'],
    error: 'A refusal is lifted for a reason only: say how the person allowed it.',
  });

export const consentOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/contacts/{id}/consent',
    tag: 'Consent',
    summary: 'Mark a contact as do-not-contact, or lift the mark',
    description:
      '`deny` is written to every system that can store it, and no edit there lifts it. `lift` ends all refusals of the contact, and keeps the ' +
      'reason as evidence. It changes no refusal at a vendor (`refusalsLeft`). Entries of the suppression list and refusals of other contacts ' +
      'with the same number still apply: see `consent` of the contact.',
    scope: 'sync:write',
    params: z.object({ id: contactIdParameter }),
    query: previewQuery,
    body,
    response: {
      status: 200,
      description: 'The decision is stored with its evidence, and the sync of the contact is requested',
      data: z.object({
        contactId: z.uuid(),
        preview: z.boolean(),
        isChanged: z.boolean(),
        refusalsLeft: z
          .array(
            z.object({ linkId: z.uuid(), provider: z.string(), externalId: z.string().nullable(), channels: z.array(channel) }),
          )
          .meta({ description: 'Records that still refuse after a lift: lift the refusal at the vendor.' }),
        writes: z.array(remoteWrite).meta({ description: 'The writes to providers that follow.' }),
        sync: syncOutcome.nullable().meta({ description: 'Null for a preview.' }),
      }),
    },
    problems: { 404: 'No such contact' },
    async handle({ params, query, body: decided, actor }, deps) {
      const { id: contactId } = await getContactByAnyId(deps.db, params.id);
      const isPreview = query.preview === 'true';
      const { decision, reason: why = null, wording = null } = decided;
      const { result, ...made } = await decide(deps, { isPreview }, async (transaction) => {
        const request = { contactId, decision, channels: decided.channels, reason: why, wording, actor };
        const done = await decideConsent(transaction, request);
        const details = { channels: decided.channels, reason: why };
        if (!isPreview) await recordAudit(transaction.tx, { actor, action: `consent.${decision}`, target: contactId, details });
        return { result: done, effect: { contactIds: [contactId] } };
      });
      return { contactId, preview: isPreview, ...result, ...made };
    },
  }),
];
