import { z } from 'zod';
import { baseUrlSchema } from '#providers/http.ts';
import { rateSchema } from '#providers/rate-limit.ts';

/** `accounts.google` in accord.yaml. */
export const accountSchema = z.strictObject({
  // Google publishes no quotas; consoles of integrators show 90 reads and 90 writes a minute and user. A burst and what follows
  // stay below that in any minute, and below 10 in any second.
  rate: rateSchema({ requestsPerSecond: 1.3, burst: 8 }),
  concurrency: z.int().positive().default(4).describe('Calls under way at the same time. Writes go one after the other.'),
  timeoutSeconds: z.number().positive().default(20).describe('How long one call may take, from connecting to the last byte.'),
  pageSize: z.int().min(1).max(1000).default(500).describe('Contacts per page of a listing.'),
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers written without one.'),
  searchWarmUpSeconds: z
    .number()
    .min(0)
    .default(3)
    .describe('How long Google may take to fill its search cache, before a search is believed.'),
});

/** What stands in the environment: an OAuth client and what the owner of the contacts granted it. */
export const secretsSchema = z.object({
  GOOGLE_CLIENT_ID: z.string().min(1),
  GOOGLE_CLIENT_SECRET: z.string().min(1),
  GOOGLE_REFRESH_TOKEN: z.string().min(1),
  /** Google names accounts by their email address, which is nobody's business: this stands in ids and tables instead. */
  GOOGLE_ACCOUNT: z.string().min(1).default('me'),
  GOOGLE_BASE_URL: baseUrlSchema.default('https://people.googleapis.com'),
  GOOGLE_TOKEN_URL: baseUrlSchema.default('https://oauth2.googleapis.com/token'),
});

export type GoogleAccount = z.infer<typeof accountSchema>;
export type GoogleSecrets = z.infer<typeof secretsSchema>;
