import { z } from 'zod';
import { checkForm } from './check-form.ts';
import { fieldSchema, nonBlank, tagSchema } from './field-schema.ts';

export const vendor = { id: 'webform', name: 'Web forms' };

/** All forms together are the only account of this provider. */
export const accountId = 'forms';

const redirect = z.string().max(2_000).refine(isSafeRedirect, 'must be an https:// URL, or a path on this host such as /welcome');

const origin = z.string().refine(isOrigin, {
  error: 'must be an origin such as https://www.example.com, without a path or a trailing slash',
});

const rateLimit = z
  .strictObject({
    submissions: z.int().positive().max(100_000).default(20).describe('Maximum number of submissions from one address…'),
    minutes: z.int().positive().max(1_440).default(10).describe('… within this many minutes.'),
  })
  .prefault({})
  .describe('The rate limit of one address for this form, per api process. Signed submissions have `signedRateLimit`.');

const signedRateLimit = z
  .strictObject({
    submissions: z.int().positive().max(1_000_000).default(1_000).describe('Maximum number of signed submissions…'),
    minutes: z.int().positive().max(1_440).default(10).describe('… within this many minutes.'),
  })
  .prefault({})
  .describe('The rate limit of all senders that sign, for this form and per api process.');

const trust = z
  .enum(['add-only', 'full'])
  .default('add-only')
  .describe(
    'What an unsigned submission may change. add-only: it makes a new contact; to an existing one it adds its message and the tags of ' +
      'the form, and everything else waits until a person accepts it. full: it changes an existing contact as any other source does, so anybody who ' +
      'knows an email address can. A signed submission is always trusted in full.',
  );

const phones = z
  .strictObject({
    prefer: z
      .enum(['known', 'newest'])
      .default('known')
      .describe('Which number comes first, and so is shown where there is room for one: the one on file, or the one just sent.'),
  })
  .prefault({})
  .describe('How phone numbers of trusted submissions join those on file.');

const form = z
  .strictObject({
    title: nonBlank(200).describe('The heading of the form.'),
    intro: nonBlank(2_000).exactOptional().describe('The text above the fields.'),
    submitLabel: nonBlank(100).default('Send').describe('The label of the button.'),
    thanks: nonBlank(2_000).exactOptional().describe('The text that visitors see after a submission.'),
    redirect: redirect
      .exactOptional()
      .describe('The page that visitors see after a submission, instead of thanks: https://… or a path on this host.'),
    allowedOrigins: z
      .array(origin)
      .max(100)
      .default([])
      .describe('Sites that may send this form, such as https://www.example.com. The hosted page always may.'),
    signedOnly: z
      .boolean()
      .default(false)
      .describe('Accepts only submissions that are signed with a secret of WEBFORM_SECRETS. The form then has no page.'),
    trust,
    phones,
    rateLimit,
    signedRateLimit,
    honeypot: z
      .string()
      .regex(/^[a-zA-Z][\w-]{0,62}$/, 'The name has letters, digits, hyphens and underscores, and starts with a letter.')
      .default('homepage')
      .describe('Name of an invisible field. A submission that fills it in comes from a program and is discarded.'),
    tags: z.array(tagSchema).default([]).describe('Tags for every contact that submits the form.'),
    source: nonBlank(200).exactOptional().describe('The source of contacts that submit the form.'),
    fields: z.array(fieldSchema).min(1).max(100).describe('The fields, in order.'),
  })
  .superRefine(checkForm)
  .describe('One form. Its name is part of its URLs: /form/<name> and /webforms/<name>.');

/** `accounts.webform` in accord.yaml: the forms. */
export const accountSchema = z.strictObject({
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers without a country code.'),
  forms: z
    .record(
      z
        .string()
        .regex(/^[a-z][a-z\d-]{0,62}$/, 'A form name has lower-case letters, digits and hyphens, and starts with a letter.'),
      form,
    )
    .default({})
    .describe('The forms, by name.'),
});

export const secretsSchema = z.object({
  /** Separated by commas. All are accepted, so that senders can change over one by one. */
  WEBFORM_SECRETS: z
    .string()
    .regex(
      /^[^\s,]{16,}( *, *[^\s,]{16,})*$/,
      'must be secrets of at least 16 characters, separated by commas: openssl rand -hex 32',
    )
    .transform((text) => text.split(',').map((secret) => secret.trim()))
    .exactOptional(),
});

export type WebFormAccount = z.output<typeof accountSchema>;
export type WebFormSecrets = z.output<typeof secretsSchema>;
export type WebForm = z.output<typeof form>;

/** An origin as browsers send it, port included. Wildcards are not supported. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*,]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** False for a path that a browser takes for another host: `//host`, `/\host`. */
function isSafeRedirect(text: string): boolean {
  if (/[\s\p{Cc}\\]/u.test(text)) return false;
  if (text.startsWith('/')) return !text.startsWith('//');
  return /^https:\/\//i.test(text) && URL.canParse(text) && new URL(text).username === '' && new URL(text).password === '';
}
