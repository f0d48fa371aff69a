import { z } from 'zod';
import { refusalChannels } from '#domain/refusal.ts';

const text = z.string().nullable();

export const channel = z.enum(refusalChannels);

export const channels = z
  .array(channel)
  .min(1)
  .max(refusalChannels.length)
  .transform((list) => [...new Set(list)]);

export const reason = z.string().trim().min(1).max(1_000);

const key = z
  .object({ kind: z.enum(['phone', 'email']), value: z.string().meta({ description: 'E.164, or the address.' }) })
  .nullable();

const refuser = z.object({
  via: z.enum(['account', 'operator', 'list', 'other-contact']).meta({
    description:
      '`account`: a record of the contact, or a form. `operator`: a person in Accord. `list`: the suppression list. `other-contact`: a contact ' +
      'with the same number or address.',
  }),
  provider: text.meta({ description: 'Of an account or form.' }),
  linkId: text.meta({ description: 'The record that refuses.' }),
  key,
});

const evidence = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  channel,
  decision: z.enum(['denied', 'lifted']),
  via: z.enum(['account', 'form', 'operator', 'import']),
  actor: z.string().meta({ description: 'A provider, or `api-key:<name>`.' }),
  provider: text.meta({ description: 'The account of the record that it came from.' }),
  externalId: text,
  key: key.meta({ description: 'For an entry of the suppression list.' }),
  reason: text,
  wording: text.meta({ description: 'The words that the person read or said.' }),
  details: z
    .record(z.string(), z.string())
    .meta({ description: 'The circumstances, such as page, IP address, or file and line.' }),
});

/** Whether a contact may be contacted, by channel, and why. */
export const contactConsent = z
  .object({
    channels: z.array(
      z.object({
        channel,
        isDenied: z.boolean(),
        by: z.array(refuser).meta({ description: 'The sources of the refusal. It ends when each of them is lifted.' }),
      }),
    ),
    evidence: z.array(evidence).meta({ description: 'The newest first, at most 50.' }),
  })
  .meta({ id: 'ContactConsent' });
