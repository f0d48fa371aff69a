import { z } from 'zod';

export const scopes = [
  'https://www.googleapis.com/auth/contacts',
  'https://www.googleapis.com/auth/contacts.readonly',
  'https://www.googleapis.com/auth/contacts.other.readonly',
] as const;

const perMinute = (requests: number) => z.number().int().min(0).default(requests);

/** Every knob of the sandbox, with Google's documented value as default where there is one. */
export const settingsSchema = z.strictObject({
  /** The OAuth client and what a person granted it. */
  clientId: z.string().default('000000000000-sandbox.apps.googleusercontent.com'),
  clientSecret: z.string().default('sandbox-client-secret'),
  authorizationCode: z.string().default('4/sandbox-authorization-code'),
  /** The first grant. */
  refreshToken: z.string().default('1//sandbox-refresh-token'),
  scopes: z.array(z.enum(scopes)).default([scopes[0]]),
  accessTokenSeconds: z.number().default(3_599),
  /** Good for ever, for people with curl: Google has no such token. */
  accessToken: z.string().default('ya29.sandbox-access-token'),
  /** What the person took back: refreshing is `invalid_grant`, the access tokens of that grant are dead. */
  revokedRefreshTokens: z.array(z.string()).default([]),
  /** `testing`: a grant dies after 7 days. */
  publishingStatus: z.enum(['production', 'testing']).default('production'),
  /** False: 403, the project has the API switched off. */
  apiEnabled: z.boolean().default(true),

  /** Google publishes no limits; these are the middle of what integrators see in their consoles. */
  criticalReadsPerMinute: perMinute(90),
  criticalWritesPerMinute: perMinute(90),
  /** Deletes and writes of contact groups. */
  writeRequestsPerMinute: perMinute(30),
  groupReadsPerMinute: perMinute(90),
  /** First pages of full syncs. That they have a quota is documented, its size is not. */
  fullSyncsPerMinute: perMinute(10),
  dailyContactWrites: z.number().int().min(0).default(100_000),

  /** Country of phones that are written without one. */
  phoneRegion: z.string().length(2).default('US'),
  /** The order of items in a field is not guaranteed. */
  itemOrder: z.enum(['stored', 'reversed']).default('stored'),
  contactLimit: z.number().int().min(0).default(25_000),

  /** How long a write stays invisible to sync requests. Google says "several minutes". */
  propagationDelayMs: z.number().min(0).default(3_000),
  syncTokenDays: z.number().positive().default(7),
  /** Whether a chained token lives from the full sync or from its own issue: nobody knows. */
  syncTokenAge: z.enum(['fullSync', 'issue']).default('fullSync'),
  /** The reported forms of the error for an expired token. */
  expiredSyncToken: z.enum(['failedPrecondition', 'invalidArgument', 'messageOnly', 'gone']).default('failedPrecondition'),

  /** `listRejected`: an update takes no etag that came from a list. */
  etagMode: z.enum(['perMask', 'listRejected']).default('perMask'),
  /** Share of good etags that are refused all the same, spread evenly: 0.25 is every fourth. */
  spuriousMismatchRate: z.number().min(0).max(1).default(0),
  /** How long a mutation takes on the sandbox's clock; another one of the same person in that time is refused. */
  mutationMs: z.number().min(0).default(0),
  overlappingMutations: z.enum(['unavailable', 'conflict']).default('unavailable'),
  /** `rest`: the good contacts of a batch land, though the answer is an error. */
  failedBatch: z.enum(['nothing', 'rest']).default('nothing'),

  /** Whether sync also shows a deleted person under the name that was given up. */
  renameTombstone: z.boolean().default(true),
  /** Whether the winner of a merge has the loser's name among its previous ones. */
  mergeKeepsNames: z.boolean().default(false),
  /** From the empty search query until what was there is found. */
  searchWarmUpMs: z.number().min(0).default(3_000),
});
export type GoogleSettings = z.output<typeof settingsSchema>;
