import { z } from 'zod';
import { fieldTargets } from './targets.ts';

export const words = (most: number) => z.string().regex(/\S/, 'cannot be blank').max(most);
export const tagSchema = z.string().regex(/\S/, 'A tag cannot be blank.').max(200);

const channels = z.array(z.enum(['call', 'sms', 'email'])).min(1);

const option = z.union(
  [
    words(200).transform((text) => ({ value: text, label: text })),
    z.strictObject({ value: words(200).describe('What is kept.'), label: words(200).describe('What the visitor reads.') }),
  ],
  'Must be a text, or a value with its label.',
);

/** One field of a form, as accord.yaml has it; `check-form.ts` says which settings go together. */
export const fieldSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-zA-Z][\w-]{0,62}$/, 'Name a field in letters, digits, hyphens and underscores, a letter first.')
      .describe('The name under which the value is sent.'),
    label: words(300).describe('What the visitor reads beside it.'),
    type: z
      .enum(['text', 'email', 'tel', 'textarea', 'select', 'checkbox', 'date', 'hidden'])
      .default('text')
      .describe('How it is asked for, and checked.'),
    required: z.boolean().default(false).describe('Nothing is sent without it; a checkbox must be ticked.'),
    hint: words(300).exactOptional().describe('A line of help below the label.'),
    maxLength: z
      .int()
      .min(1)
      .max(20_000)
      .exactOptional()
      .describe('Characters at most: 254 for an email address, 40 for a phone number, 5000 for a textarea, else 200.'),
    options: z.array(option).min(1).max(200).exactOptional().describe('What a select offers: texts, or values with labels.'),
    value: words(200).exactOptional().describe('What a hidden field always says, whatever is sent.'),
    mapsTo: z
      .enum(fieldTargets)
      .exactOptional()
      .describe('Which part of the contact it tells; without one it stays with the submission.'),
    tags: z.array(tagSchema).min(1).exactOptional().describe('Tags for whoever ticks this checkbox.'),
    doNotContact: channels.exactOptional().describe('Channels that whoever ticks this checkbox refuses: call, sms, email.'),
    consent: z
      .strictObject({
        grants: channels.describe('Channels that whoever ticks it permits: call, sms, email.'),
        text: words(2_000).describe('The words that are agreed to. They stand beside the checkbox, and are kept as proof.'),
      })
      .exactOptional()
      .describe('Makes a checkbox a permission, which alone lifts an earlier refusal.'),
  })
  .describe('One field.');

export type FormField = z.output<typeof fieldSchema>;
