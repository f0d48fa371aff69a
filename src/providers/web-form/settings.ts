import { z } from 'zod';
import type { SettingsProblem } from '#providers/provider.ts';
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
  .enum(['add-only', 'confirm', 'full'])
  .default('add-only')
  .describe(
    'What an unsigned submission may change. add-only: it makes a new contact; to an existing one it adds its message and the tags of ' +
      'the form, and everything else waits until a person accepts it. confirm: as add-only, and the visitor can accept it by a link that ' +
      'is sent to an email address of the contact (needs SMTP_URL, SMTP_FROM and PUBLIC_URL). full: it changes an existing contact as any other source does, so anybody who ' +
      'knows an email address can. A signed submission is always trusted in full.',
  );

const confirmation = z
  .strictObject({
    subject: nonBlank(200).default('Please confirm what you sent us').describe('The subject of the email.'),
    text: nonBlank(2_000)
      .exactOptional()
      .describe('The text above the link: what to do with it, and until when. The default is English.'),
    label: nonBlank(100).default('Confirm').describe('The label of the link, and of the button on its page.'),
    days: z.int().min(1).max(60).default(7).describe('How long the link can be used.'),
    perAddress: z.int().positive().max(100).default(3).describe('Maximum number of these emails to one address in 24 hours.'),
    perSender: z
      .int()
      .positive()
      .max(10_000)
      .default(20)
      .describe('Maximum number of these emails in 24 hours for submissions from one IP address (IPv6: one /64 network).'),
  })
  .prefault({})
  .describe('The email with the confirmation link, for trust: confirm. A submission above a maximum waits for a person.');

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
    confirmation,
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
  /** The mail server for confirmation links. */
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s/]+/i, 'must be a URL such as smtps://user:password@mail.example.com')
    .refine((text) => URL.canParse(text), 'must be a URL: encode special characters of the user and password (%40 for @)')
    .exactOptional(),
  /** Its display name is the name of the business. */
  SMTP_FROM: z
    .string()
    .regex(
      /^(?:[^<>@]{1,200} )?<?[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>?$/,
      'must be an address with the name of the business: Example Dental <hello@example.com>',
    )
    .exactOptional(),
  /** Checked with Accord's own variables. Links in emails begin with it. */
  PUBLIC_URL: z.string().exactOptional(),
});

/** A form may need settings of the environment. */
export function findMissingSettings(account: WebFormAccount, secrets: WebFormSecrets): SettingsProblem[] {
  const needed = ['SMTP_URL', 'SMTP_FROM', 'PUBLIC_URL'] as const;
  const missing = needed.filter((name) => secrets[name] === undefined);
  if (missing.length === 0) return [];
  const message = `confirm sends email with links: set ${and.format(missing)}, or choose add-only or full`;
  const confirming = Object.entries(account.forms).filter(([, { trust: rule }]) => rule === 'confirm');
  return confirming.map(([name]) => ({ path: ['forms', name, 'trust'], message }));
}

const and = new Intl.ListFormat('en-GB');

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
