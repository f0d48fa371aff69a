import { z } from 'zod';
import { accountNameSchema } from '#providers/account-name.ts';
import type { WithCustomFields } from '#providers/custom-fields.ts';
import { baseUrlSchema } from '#providers/http.ts';
import { rateSchema } from '#providers/rate-limit.ts';

export const vendor = { id: 'google', name: 'Google Contacts' };

/** `accounts.google` in accord.yaml. */
export const accountSchema = z.strictObject({
  name: accountNameSchema,
  // Google publishes no quotas; integrators' consoles show 90 reads and 90 writes per minute and user. A burst plus the steady rate
  // stays below that in any minute, and below 10 in any second.
  rate: rateSchema({ requestsPerSecond: 1.3, burst: 8 }),
  concurrency: z.int().positive().default(4).describe('Maximum number of calls in flight. Writes are sent one at a time.'),
  timeoutSeconds: z.number().positive().default(20).describe('Timeout of one call, from connecting to the last byte.'),
  pageSize: z.int().min(1).max(1000).default(500).describe('Contacts per page of a listing.'),
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers without a country code.'),
  searchWarmUpSeconds: z
    .number()
    .min(0)
    .default(3)
    .describe('Time for Google to fill its search cache. Accord waits that long before it trusts a search.'),
});

/** Environment variables: an OAuth client, and the refresh token that the owner of the contacts granted it. */
export const secretsSchema = z.object({
  GOOGLE_CLIENT_ID: z.string().min(1),
  GOOGLE_CLIENT_SECRET: z.string().min(1),
  GOOGLE_REFRESH_TOKEN: z.string().min(1),
  /** Used in ids and tables in place of the account's email address, which is Google's account name and personal data. */
  GOOGLE_ACCOUNT: z.string().min(1).default('me'),
  GOOGLE_BASE_URL: baseUrlSchema.default('https://people.googleapis.com'),
  GOOGLE_TOKEN_URL: baseUrlSchema.default('https://oauth2.googleapis.com/token'),
  GOOGLE_AUTHORIZE_URL: baseUrlSchema.default('https://accounts.google.com/o/oauth2/v2/auth'),
  GOOGLE_REVOKE_URL: baseUrlSchema.default('https://oauth2.googleapis.com/revoke'),
});

/** Variables for the authorization of an account, before there is a grant. */
export const appSchema = secretsSchema.omit({ GOOGLE_REFRESH_TOKEN: true });

export type GoogleAccount = z.infer<typeof accountSchema> & WithCustomFields;
export type GoogleSecrets = z.infer<typeof secretsSchema>;
export type GoogleApp = z.infer<typeof appSchema>;
