import { z } from 'zod';

export const states = ['queued', 'merged', 'waiting', 'accepted'] as const;

export const confirmation = z
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

export const summary = z.object(shown).meta({ id: 'FormSubmission' });

export const details = z
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
