import { z } from 'zod';
import { checkForm } from './check-form.ts';
import { fieldSchema, tagSchema, words } from './field-schema.ts';

export const vendor = { id: 'webform', name: 'Web forms' };

/** All forms together are the only account of this provider. */
export const accountId = 'forms';

const redirect = z.string().max(2_000).refine(isSafeRedirect, 'must be an https:// address, or a path here such as /welcome');

const origin = z.string().refine(isOrigin, {
  error: 'must be an origin and no more: https://www.example.com, without a path or a closing slash',
});

const rateLimit = z
  .strictObject({
    submissions: z.int().positive().max(100_000).default(20).describe('How many submissions one address may send…'),
    minutes: z.int().positive().max(1_440).default(10).describe('… in this many minutes.'),
  })
  .prefault({})
  .describe('What one address may send to this form, for each copy of the api. Signed submissions are not limited.');

const form = z
  .strictObject({
    title: words(200).describe('The heading of the form.'),
    intro: words(2_000).exactOptional().describe('What stands above the fields.'),
    submitLabel: words(100).default('Send').describe('What the button says.'),
    thanks: words(2_000).exactOptional().describe('What the visitor reads afterwards.'),
    redirect: redirect
      .exactOptional()
      .describe('Where the visitor is sent afterwards, instead of thanks: https://… or a path here.'),
    allowedOrigins: z
      .array(origin)
      .max(100)
      .default([])
      .describe('Sites whose pages may send this form, such as https://www.example.com. The hosted page always may.'),
    signedOnly: z
      .boolean()
      .default(false)
      .describe('Only servers that sign with a secret of WEBFORM_SECRETS may send it; it then has no page.'),
    rateLimit,
    honeypot: z
      .string()
      .regex(/^[a-zA-Z][\w-]{0,62}$/, 'Name it in letters, digits, hyphens and underscores, a letter first.')
      .default('homepage')
      .describe('Name of a field that people do not see. Whatever fills it in is a program, and is not believed.'),
    tags: z.array(tagSchema).default([]).describe('Tags for everybody who sends it.'),
    source: words(200).exactOptional().describe('What it says of where a contact came from.'),
    fields: z.array(fieldSchema).min(1).max(100).describe('The fields, in order.'),
  })
  .superRefine(checkForm)
  .describe('One form, by its name in the address: /form/<name> and /webforms/<name>.');

/** `accounts.webform` in accord.yaml: the forms themselves, which are all there is to connect to. */
export const accountSchema = z.strictObject({
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers written without one.'),
  forms: z
    .record(z.string().regex(/^[a-z][a-z\d-]{0,62}$/, 'Name a form in small letters, digits and hyphens.'), form)
    .default({})
    .describe('The forms, by name.'),
});

export const secretsSchema = z.object({
  /** By commas: the first is to be used, the others are still accepted while senders change over. */
  WEBFORM_SECRETS: z
    .string()
    .regex(/^[^\s,]{16,}( *, *[^\s,]{16,})*$/, 'secrets of at least 16 characters, by commas: openssl rand -hex 32')
    .transform((text) => text.split(',').map((secret) => secret.trim()))
    .exactOptional(),
});

export type WebFormAccount = z.output<typeof accountSchema>;
export type WebFormSecrets = z.output<typeof secretsSchema>;
export type WebForm = z.output<typeof form>;

/** As browsers write it, port included. A host named `*` would be none that anybody has. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*,]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** A path that a browser could take for another host (`//host`, `/\host`) is none. */
function isSafeRedirect(text: string): boolean {
  if (/[\s\p{Cc}\\]/u.test(text)) return false;
  if (text.startsWith('/')) return !text.startsWith('//');
  return /^https:\/\//i.test(text) && URL.canParse(text) && new URL(text).username === '' && new URL(text).password === '';
}
