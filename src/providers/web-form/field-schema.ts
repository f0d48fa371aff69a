import { z } from 'zod';
import { fieldTargets } from './targets.ts';

/** Text that is not blank. */
export const nonBlank = (maxLength: number) => z.string().regex(/\S/, 'cannot be blank').max(maxLength);
export const tagSchema = z.string().regex(/\S/, 'A tag cannot be blank.').max(200);

const channels = z.array(z.enum(['call', 'sms', 'email'])).min(1);

const option = z.union(
  [
    nonBlank(200).transform((text) => ({ value: text, label: text })),
    z.strictObject({
      value: nonBlank(200).describe('The stored value.'),
      label: nonBlank(200).describe('The text that visitors see.'),
    }),
  ],
  'Must be text, or a value with its label.',
);

/** A field of a form in accord.yaml. `check-form.ts` checks that its settings fit together. */
export const fieldSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-zA-Z][\w-]{0,62}$/, 'A field name has letters, digits, hyphens and underscores, and starts with a letter.')
      .describe('The name of the value in submissions.'),
    label: nonBlank(300).describe('The label that visitors see.'),
    type: z
      .enum(['text', 'email', 'tel', 'textarea', 'select', 'checkbox', 'date', 'hidden'])
      .default('text')
      .describe('The control, and how its value is checked.'),
    required: z.boolean().default(false).describe('Whether a value is required. A required checkbox must be ticked.'),
    hint: nonBlank(300).exactOptional().describe('A hint below the label.'),
    maxLength: z
      .int()
      .min(1)
      .max(20_000)
      .exactOptional()
      .describe(
        'Maximum number of characters. Default: 254 for an email address, 40 for a phone number, 5000 for a textarea, otherwise 200.',
      ),
    options: z.array(option).min(1).max(200).exactOptional().describe('The options of a select: texts, or values with labels.'),
    value: nonBlank(200).exactOptional().describe('The fixed value of a hidden field. A submitted value is ignored.'),
    mapsTo: z
      .enum(fieldTargets)
      .exactOptional()
      .describe('The part of the contact that the field fills. Without it, the value is only stored with the submission.'),
    tags: z.array(tagSchema).min(1).exactOptional().describe('Tags that the contact gets when the checkbox is ticked.'),
    doNotContact: channels.exactOptional().describe('Channels that a ticked checkbox refuses: call, sms, email.'),
    consent: z
      .strictObject({
        grants: channels.describe('Channels that a ticked checkbox permits: call, sms, email.'),
        text: nonBlank(2_000).describe('The text of the permission. It is shown beside the checkbox and stored as proof.'),
      })
      .exactOptional()
      .describe('Makes the checkbox a permission. Only a permission lifts an earlier refusal.'),
  })
  .describe('One field.');

export type FormField = z.output<typeof fieldSchema>;
