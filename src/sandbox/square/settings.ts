import { z } from 'zod';

/** The scopes of an OAuth token that the routes require. Square docs: API specification. */
export const scopes = ['CUSTOMERS_READ', 'CUSTOMERS_WRITE', 'MERCHANT_PROFILE_READ'] as const;
export type Scope = (typeof scopes)[number];

export const customerEventTypes = ['customer.created', 'customer.updated', 'customer.deleted'] as const;
export type CustomerEventType = (typeof customerEventTypes)[number];
/** Square docs (custom attribute webhooks): for every attribute that the application may see. */
export const attributeEventTypes = [
  'customer.custom_attribute.visible.updated',
  'customer.custom_attribute.visible.deleted',
] as const;
export type AttributeEventType = (typeof attributeEventTypes)[number];
export const eventTypes = [...customerEventTypes, ...attributeEventTypes, 'oauth.authorization.revoked'] as const;

const dayMs = 86_400_000;

const tokenState = z.enum(['valid', 'expired', 'revoked']).default('valid');

/** All settings. A default is the value that Square documents; where it documents none, the hardest one for a client. */
export const settingsSchema = z.strictObject({
  merchantId: z.string().default('MLSANDBOXMERCHANT'),
  businessName: z.string().default('Sandbox Business'),
  /** The value of a header of webhooks. */
  environment: z.enum(['Sandbox', 'Production']).default('Sandbox'),
  /** The country of phones without a country code. It also decides whether tax ids are kept. */
  sellerCountry: z.string().length(2).default('US'),

  /** The personal access token, which has all permissions. A new token makes the old one unknown. */
  token: z.string().default('EAAAsandbox-personal-access-token'),
  tokenState,
  oauthTokens: z
    .array(z.object({ token: z.string(), scopes: z.array(z.enum(scopes)).default([...scopes]), tokenState }))
    .default([]),

  /** The OAuth app. */
  clientId: z.string().default('sandbox-sq0idb-00000000000000000000'),
  clientSecret: z.string().default('sandbox-sq0csb-0000000000000000000000000000000000000000000'),
  authorizationCode: z.string().default('sandbox-sq0cgb-0000000000000000000000'),
  /** Square docs: the redirect URL of the app, which must match exactly. */
  redirectUris: z.array(z.string()).default([]),
  /** Square docs (OAuth walkthrough): a code expires after five minutes. */
  codeLifeMs: z.number().default(300_000),
  /** The first refresh token. */
  refreshToken: z.string().default('EQAAsandbox-refresh-token'),
  /** `code`: a refresh token works many times and never expires. `pkce`: once, for `refreshTokenMs`, and the app has no secret. */
  oauthFlow: z.enum(['code', 'pkce']).default('code'),
  refreshTokenMs: z.number().default(90 * dayMs),
  accessTokenMs: z.number().default(30 * dayMs),
  /** The lifetime of an access token that is requested with `short_lived`. */
  shortLivedMs: z.number().default(dayMs),
  /** How long after its access token a refresh token of the code flow still works; null for ever, as documented. */
  refreshGraceMs: z
    .number()
    .nullable()
    .default(15 * dayMs),
  /** The status of a refused token request: not documented. */
  tokenRefusalStatus: z.union([z.literal(400), z.literal(401)]).default(401),

  /** The newest `Square-Version`, and the default of a request. */
  squareVersion: z.iso.date().default('2026-09-16'),
  /** False accepts any `Square-Version`. */
  versionCheck: z.boolean().default(true),

  /** Per token; null for no limit. Square publishes no numbers. */
  rateLimitPerSecond: z.number().int().min(0).nullable().default(null),
  /** `Retry-After` of a 429; null for no header, since none is documented. */
  retryAfterSeconds: z.number().int().nullable().default(null),

  /** How long a write stays invisible to list and search. */
  indexLagMs: z.number().min(0).default(2_000),
  /** The maximum size of a page. The `limit` of a request is advisory. */
  maxPageSize: z.number().int().min(1).max(100).default(100),
  cursorLifeMs: z.number().default(300_000),
  /** Null for no expiry. */
  idempotencyKeyLifeMs: z.number().nullable().default(null),

  /** The answer to a stale `version`: 409 CONFLICT, or 400 VERSION_MISMATCH. */
  versionConflict: z.enum(['CONFLICT', 'VERSION_MISMATCH']).default('CONFLICT'),
  /** Whether an update that changes nothing raises the version and sends an event. */
  emptyUpdate: z.enum(['counts', 'ignored']).default('counts'),

  /** Whether a bulk retrieve of a merged id returns the new profile, as a retrieve does. */
  bulkFollowsMerges: z.boolean().default(true),
  mergeOrder: z.enum(['created-first', 'deleted-first']).default('created-first'),
  mergeKeepsReference: z.boolean().default(true),
  /** Whether the values that lose in a merge become text in the note. */
  mergeNote: z.boolean().default(true),
  /** Whether an undeleted or unmerged profile keeps its old id. */
  recoveryKeepsId: z.boolean().default(false),

  /** The signature key of the webhook subscription. */
  signatureKey: z.string().min(1).default('sandbox-signature-key0'),
  webhookEvents: z.array(z.enum(eventTypes)).default([...eventTypes]),
  webhookSignature: z.enum(['valid', 'corrupt', 'missing']).default('valid'),
  /** Divides the wait before each retry, for demonstrations. */
  webhookRetryTimeScale: z.number().positive().default(1),
});
export type SquareSettings = z.output<typeof settingsSchema>;
