import { z } from 'zod';
import { baseUrlSchema } from '#providers/http.ts';
import { rateSchema } from '#providers/rate-limit.ts';

export const vendor = { id: 'square', name: 'Square' };

/** `accounts.square` in accord.yaml. */
export const accountSchema = z.strictObject({
  // Square publishes no limit: clients must slow down after a 429 (Square docs, ErrorCategory). Bulk calls keep large passes cheap.
  rate: rateSchema({ requestsPerSecond: 5, burst: 10 }),
  concurrency: z.int().positive().default(5).describe('Maximum number of calls in flight.'),
  timeoutSeconds: z.number().positive().default(12).describe('Timeout of one call, from connecting to the last byte.'),
  pageSize: z.int().min(1).max(100).default(100).describe('Customers per page of a listing.'),
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers without a country code.'),
});

/** Environment variables. */
export const secretsSchema = z.object({
  SQUARE_BASE_URL: baseUrlSchema.default('https://connect.squareup.com'),
  /** The seller's token. An OAuth token needs CUSTOMERS_READ and CUSTOMERS_WRITE. */
  SQUARE_ACCESS_TOKEN: z.string().min(1),
  /** Identifies the account in webhooks. The token does not reveal it. */
  SQUARE_MERCHANT_ID: z.string().min(1),
  SQUARE_SIGNATURE_KEY: z.string().min(1).optional(),
  /** Must equal the subscription's URL exactly: signatures cover it. */
  SQUARE_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
});

export type SquareAccount = z.infer<typeof accountSchema>;
export type SquareSecrets = z.infer<typeof secretsSchema>;
