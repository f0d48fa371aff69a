import { z } from 'zod';
import { accountNameSchema } from '#providers/account-name.ts';
import type { WithCustomFields } from '#providers/custom-fields.ts';
import { baseUrlSchema } from '#providers/http.ts';
import { rateSchema } from '#providers/rate-limit.ts';

export const vendor = { id: 'square', name: 'Square' };

/** `accounts.square` in accord.yaml. */
export const accountSchema = z.strictObject({
  name: accountNameSchema,
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

const variables = z.object({
  SQUARE_BASE_URL: baseUrlSchema.default('https://connect.squareup.com'),
  /** A personal access token. An OAuth token works as well, for the 30 days until it expires. */
  SQUARE_ACCESS_TOKEN: z.string().min(1).optional(),
  SQUARE_CLIENT_ID: z.string().min(1).optional(),
  /** Unset for a grant of the PKCE flow, which has no secret. */
  SQUARE_CLIENT_SECRET: z.string().min(1).optional(),
  SQUARE_REFRESH_TOKEN: z.string().min(1).optional(),
  /** Identifies the account in webhooks. The token does not reveal it. */
  SQUARE_MERCHANT_ID: z.string().min(1),
  SQUARE_SIGNATURE_KEY: z.string().min(16, 'must be the signature key that Square shows for the webhook subscription').optional(),
  /** Must equal the subscription's URL exactly: signatures cover it. */
  SQUARE_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** The personal access token of the OAuth app's owner. Only it may subscribe to webhooks; grants of sellers may not. */
  SQUARE_APP_TOKEN: z.string().min(1).optional(),
});

/** Variables for the authorization of a seller, before there is a grant. */
export const appSchema = variables.omit({ SQUARE_ACCESS_TOKEN: true, SQUARE_REFRESH_TOKEN: true, SQUARE_MERCHANT_ID: true });

/** Environment variables: either `SQUARE_ACCESS_TOKEN`, or the variables of an OAuth app. */
export const secretsSchema = variables.refine(
  (secrets) => secrets.SQUARE_ACCESS_TOKEN !== undefined || findOAuthApp(secrets) !== null,
  {
    path: ['SQUARE_ACCESS_TOKEN'],
    // Runs even when other variables are invalid, so that one start reports all errors.
    when: () => true,
    error:
      'Set SQUARE_ACCESS_TOKEN to a personal access token, or SQUARE_CLIENT_ID, SQUARE_CLIENT_SECRET (code flow only) and ' +
      'SQUARE_REFRESH_TOKEN.',
  },
);

export type SquareAccount = z.infer<typeof accountSchema> & WithCustomFields;
export type SquareSecrets = z.infer<typeof secretsSchema>;

export interface OAuthApp {
  clientId: string;
  /** Null for a grant of the PKCE flow. */
  clientSecret: string | null;
  /** From the first grant. Later ones come from the vendor. */
  refreshToken: string;
}

type OAuthSecrets = {
  [Name in 'SQUARE_ACCESS_TOKEN' | 'SQUARE_CLIENT_ID' | 'SQUARE_CLIENT_SECRET' | 'SQUARE_REFRESH_TOKEN']?: string | undefined;
};

/** Returns the OAuth app's credentials; null unless its id and a refresh token are set, and for an account with a static token. */
export function findOAuthApp(secrets: OAuthSecrets): OAuthApp | null {
  const { SQUARE_CLIENT_ID: clientId, SQUARE_CLIENT_SECRET: clientSecret = null, SQUARE_REFRESH_TOKEN: refreshToken } = secrets;
  const isStatic = secrets.SQUARE_ACCESS_TOKEN !== undefined;
  return !isStatic && clientId && refreshToken ? { clientId, clientSecret, refreshToken } : null;
}

export function findOAuthAccount(secrets: SquareSecrets): string | null {
  return findOAuthApp(secrets) && secrets.SQUARE_MERCHANT_ID;
}
