import { z } from 'zod';
import { accountNameSchema } from '#providers/account-name.ts';
import type { WithCustomFields } from '#providers/custom-fields.ts';
import { baseUrlSchema } from '#providers/http.ts';
import { rateSchema } from '#providers/rate-limit.ts';
import { publicKeySchema } from '#signatures/public-key.ts';

export const vendor = { id: 'gohighlevel', name: 'GoHighLevel' };

/** `accounts.gohighlevel` in accord.yaml. */
export const accountSchema = z.strictObject({
  name: accountNameSchema,
  // HighLevel docs: 100 requests in 10 s and 200,000 a day, per app and location. The default leaves the rest to other integrations.
  rate: rateSchema({ requestsPerSecond: 8, burst: 80 }),
  concurrency: z.int().positive().default(10).describe('Maximum number of calls in flight.'),
  timeoutSeconds: z.number().positive().default(12).describe('Timeout of one call, from connecting to the last byte.'),
  pageSize: z.int().min(1).max(500).default(100).describe('Contacts per page of a listing.'),
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers and addresses without one. Use the country of the location.'),
  referenceField: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Id of a text custom field that stores our reference. With it, Accord finds a contact after a lost response to its create.',
    ),
  jobTitleField: z
    .string()
    .min(1)
    .optional()
    .describe('Id of a text custom field that stores the job title. Without it, job titles stay out of GoHighLevel.'),
});

/** A shorter secret could be guessed by trying. */
const sharedSecret = z.string().min(16, 'must have at least 16 characters: openssl rand -hex 32');

const variables = z.object({
  GHL_BASE_URL: baseUrlSchema.default('https://services.leadconnectorhq.com'),
  GHL_AUTHORIZE_URL: baseUrlSchema.default('https://marketplace.gohighlevel.com/v2/oauth/chooselocation'),
  GHL_LOCATION_ID: z.string().min(1),
  GHL_API_KEY: z.string().min(1).optional(),
  GHL_CLIENT_ID: z.string().min(1).optional(),
  GHL_CLIENT_SECRET: z.string().min(1).optional(),
  GHL_REFRESH_TOKEN: z.string().min(1).optional(),
  GHL_APP_ID: z.string().min(1).optional(),
  // HighLevel docs, Webhook Authentication: one public key for the events of all apps. Unlike the RSA key, it is still in use.
  GHL_WEBHOOK_PUBLIC_KEY: publicKeySchema('ed25519').prefault(
    '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=\n-----END PUBLIC KEY-----',
  ),
  GHL_WEBHOOK_RSA_PUBLIC_KEY: publicKeySchema('rsa').optional(),
  GHL_WEBHOOK_SECRET: sharedSecret.optional(),
  GHL_WORKFLOW_SECRET: sharedSecret.optional(),
});

/** Variables for the authorization of a location, before there is a grant. */
export const appSchema = variables.omit({ GHL_LOCATION_ID: true, GHL_API_KEY: true, GHL_REFRESH_TOKEN: true });

/** Environment variables: either `GHL_API_KEY`, or the three variables of an OAuth app. */
export const secretsSchema = variables.refine((secrets) => secrets.GHL_API_KEY !== undefined || findOAuthApp(secrets) !== null, {
  path: ['GHL_API_KEY'],
  // Runs even when other variables are invalid, so that one start reports all errors.
  when: () => true,
  error: 'Set GHL_API_KEY to a private integration token, or GHL_CLIENT_ID, GHL_CLIENT_SECRET and GHL_REFRESH_TOKEN.',
});

export type GoHighLevelAccount = z.infer<typeof accountSchema> & WithCustomFields;
export type GoHighLevelSecrets = z.infer<typeof secretsSchema>;

export interface OAuthApp {
  clientId: string;
  clientSecret: string;
  /** From the first grant. Later ones come from the vendor. */
  refreshToken: string;
}

type OAuthSecrets = {
  [Name in 'GHL_API_KEY' | 'GHL_CLIENT_ID' | 'GHL_CLIENT_SECRET' | 'GHL_REFRESH_TOKEN']?: string | undefined;
};

/** Returns the OAuth app's credentials; null unless all three variables are set, and for an account with a static token. */
export function findOAuthApp(secrets: OAuthSecrets): OAuthApp | null {
  const { GHL_CLIENT_ID: clientId, GHL_CLIENT_SECRET: clientSecret, GHL_REFRESH_TOKEN: refreshToken } = secrets;
  const isStatic = secrets.GHL_API_KEY !== undefined;
  return !isStatic && clientId && clientSecret && refreshToken ? { clientId, clientSecret, refreshToken } : null;
}

export function findOAuthAccount(secrets: GoHighLevelSecrets): string | null {
  return findOAuthApp(secrets) && secrets.GHL_LOCATION_ID;
}
