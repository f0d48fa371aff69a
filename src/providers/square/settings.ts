import { z } from 'zod';
import { baseUrlSchema } from '#providers/http.ts';
import { rateSchema } from '#providers/rate-limit.ts';

/** `accounts.square` in accord.yaml. */
export const accountSchema = z.strictObject({
  // Square publishes no limit: it says to slow down after a 429 (Square docs, ErrorCategory). Bulk calls keep large passes few.
  rate: rateSchema({ requestsPerSecond: 5, burst: 10 }),
  concurrency: z.int().positive().default(5).describe('Calls under way at the same time.'),
  timeoutSeconds: z.number().positive().default(12).describe('How long one call may take, from connecting to the last byte.'),
  pageSize: z.int().min(1).max(100).default(100).describe('Customers per page of a listing.'),
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers written without one.'),
});

/** What stands in the environment. */
export const secretsSchema = z.object({
  SQUARE_BASE_URL: baseUrlSchema.default('https://connect.squareup.com'),
  /** Of the seller; an OAuth token needs CUSTOMERS_READ and CUSTOMERS_WRITE. */
  SQUARE_ACCESS_TOKEN: z.string().min(1),
  /** Webhooks name it; the token tells nothing of its account. */
  SQUARE_MERCHANT_ID: z.string().min(1),
  SQUARE_SIGNATURE_KEY: z.string().min(1).optional(),
  /** To the letter: signatures cover it. */
  SQUARE_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
});

export type SquareAccount = z.infer<typeof accountSchema>;
export type SquareSecrets = z.infer<typeof secretsSchema>;
