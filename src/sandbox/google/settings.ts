import { z } from 'zod';

export const scopes = [
  'https://www.googleapis.com/auth/contacts',
  'https://www.googleapis.com/auth/contacts.readonly',
  'https://www.googleapis.com/auth/contacts.other.readonly',
] as const;

const perMinute = (requests: number) => z.number().int().min(0).default(requests);

/** All settings. A default is the value that Google documents, where there is one. */
export const settingsSchema = z.strictObject({
  /** The OAuth client and its first grant. */
  clientId: z.string().default('000000000000-sandbox.apps.googleusercontent.com'),
  clientSecret: z.string().default('sandbox-client-secret'),
  authorizationCode: z.string().default('4/sandbox-authorization-code'),
  /** The redirect URIs of the client. They must match exactly. */
  redirectUris: z.array(z.string()).default([]),
  /** `desktop`: any port of 127.0.0.1 is a valid redirect as well. */
  clientType: z.enum(['web', 'desktop']).default('web'),
  /** Not documented; integrators report ten minutes. */
  codeLifeMs: z.number().default(600_000),
  /** The id and the name of the Google account. */
  profileId: z.string().regex(/^\d+$/).default('100000000000000000001'),
  profileName: z.string().default('Sandbox Owner'),
  /** The refresh token of the first grant. */
  refreshToken: z.string().default('1//sandbox-refresh-token'),
  scopes: z.array(z.enum(scopes)).default([scopes[0]]),
  accessTokenSeconds: z.number().default(3_599),
  /** An access token that never expires, for use with curl. Google has no such token. */
  accessToken: z.string().default('ya29.sandbox-access-token'),
  /** Revoked grants: a refresh is `invalid_grant`, and the access tokens of the grant are invalid. */
  revokedRefreshTokens: z.array(z.string()).default([]),
  /** `testing`: a grant expires after 7 days. */
  publishingStatus: z.enum(['production', 'testing']).default('production'),
  /** False when the API is disabled for the project: 403. */
  apiEnabled: z.boolean().default(true),

  /** Google publishes no limits. These are the median of the consoles that integrators have described. */
  criticalReadsPerMinute: perMinute(90),
  criticalWritesPerMinute: perMinute(90),
  /** Quota for deletes and for writes of contact groups. */
  writeRequestsPerMinute: perMinute(30),
  groupReadsPerMinute: perMinute(90),
  /** Quota for first pages of full syncs. The quota is documented, its size is not. */
  fullSyncsPerMinute: perMinute(10),
  dailyContactWrites: z.number().int().min(0).default(100_000),

  /** The country of phones without a country code. */
  phoneRegion: z.string().length(2).default('US'),
  /** The order of items in a field is not guaranteed. */
  itemOrder: z.enum(['stored', 'reversed']).default('stored'),
  contactLimit: z.number().int().min(0).default(25_000),

  /** How long a write stays invisible to sync requests. Google docs: "several minutes". */
  propagationDelayMs: z.number().min(0).default(3_000),
  syncTokenDays: z.number().positive().default(7),
  /** Whether the life of a chained token starts at the full sync or at its own issue: not documented. */
  syncTokenAge: z.enum(['fullSync', 'issue']).default('fullSync'),
  /** The form of the error for an expired token. Integrators report all of them. */
  expiredSyncToken: z.enum(['failedPrecondition', 'invalidArgument', 'messageOnly', 'gone']).default('failedPrecondition'),

  /** `listRejected`: an update refuses an etag that comes from a list. */
  etagMode: z.enum(['perMask', 'listRejected']).default('perMask'),
  /** The share of valid etags that are refused nevertheless, spread evenly: 0.25 is every fourth. */
  spuriousMismatchRate: z.number().min(0).max(1).default(0),
  /** How long a mutation takes on the sandbox's clock. Another mutation of the same person in that time is refused. */
  mutationMs: z.number().min(0).default(0),
  overlappingMutations: z.enum(['unavailable', 'conflict', 'quota']).default('unavailable'),
  /** `rest`: the valid contacts of a batch land, although the answer is an error. */
  failedBatch: z.enum(['nothing', 'rest']).default('nothing'),

  /** Whether sync also shows a deleted person under the old resource name. */
  renameTombstone: z.boolean().default(true),
  /** Whether the winner of a merge lists the loser's resource name among its previous ones. */
  mergeKeepsNames: z.boolean().default(false),
  /** How long after the empty search query a search finds the existing contacts. */
  searchWarmUpMs: z.number().min(0).default(3_000),
});
export type GoogleSettings = z.output<typeof settingsSchema>;
