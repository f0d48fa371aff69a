import { z } from 'zod';

/** Square docs (API specification): what the routes for customers ask of an OAuth token. */
export const scopes = ['CUSTOMERS_READ', 'CUSTOMERS_WRITE'] as const;
export type Scope = (typeof scopes)[number];

export const eventTypes = ['customer.created', 'customer.updated', 'customer.deleted'] as const;
export type EventType = (typeof eventTypes)[number];

const tokenState = z.enum(['valid', 'expired', 'revoked']).default('valid');

/** Every knob of the sandbox. A default is what Square documents; where it documents nothing, what is hardest on a client. */
export const settingsSchema = z.strictObject({
  merchantId: z.string().default('MLSANDBOXMERCHANT'),
  /** Shown in a header of webhooks. */
  environment: z.enum(['Sandbox', 'Production']).default('Sandbox'),
  /** For phones without country code, and for whether the seller's tax ids are kept. */
  sellerCountry: z.string().length(2).default('US'),

  /** The personal access token, which may do everything. Another one makes this one unknown. */
  token: z.string().default('EAAAsandbox-personal-access-token'),
  tokenState,
  oauthTokens: z
    .array(z.object({ token: z.string(), scopes: z.array(z.enum(scopes)).default([...scopes]), tokenState }))
    .default([]),
  /** The newest `Square-Version`, which counts where a request names none. */
  squareVersion: z.iso.date().default('2026-09-16'),
  /** False: any `Square-Version` is taken. */
  versionCheck: z.boolean().default(true),

  /** Numbers are not published: null is no limit, for each token. */
  rateLimitPerSecond: z.number().int().min(0).nullable().default(null),
  /** `Retry-After` of a 429; null: none, since none is documented. */
  retryAfterSeconds: z.number().int().nullable().default(null),

  /** How long a write stays invisible to list and search. */
  indexLagMs: z.number().min(0).default(2_000),
  /** A page never has more than this, whatever `limit` asks for: it is advisory. */
  maxPageSize: z.number().int().min(1).max(100).default(100),
  cursorLifeMs: z.number().default(300_000),
  /** Null: for ever. */
  idempotencyKeyLifeMs: z.number().nullable().default(null),

  /** What a stale `version` gets: 409 CONFLICT, or 400 VERSION_MISMATCH. */
  versionConflict: z.enum(['CONFLICT', 'VERSION_MISMATCH']).default('CONFLICT'),
  /** Whether an update that changes nothing raises the version and fires an event all the same. */
  emptyUpdate: z.enum(['counts', 'ignored']).default('counts'),

  /** Whether a bulk retrieve of a merged id answers with the new profile, as a retrieve does. */
  bulkFollowsMerges: z.boolean().default(true),
  mergeOrder: z.enum(['created-first', 'deleted-first']).default('created-first'),
  mergeKeepsReference: z.boolean().default(true),
  /** Whether values that lose in a merge end up as text in the note. */
  mergeNote: z.boolean().default(true),
  /** Whether an undeleted or unmerged profile comes back under its old id. */
  recoveryKeepsId: z.boolean().default(false),

  /** Of the webhook subscription. */
  signatureKey: z.string().min(1).default('sandbox-signature-key0'),
  webhookEvents: z.array(z.enum(eventTypes)).default([...eventTypes]),
  webhookSignature: z.enum(['valid', 'corrupt', 'missing']).default('valid'),
  /** Divides every wait between retries, for demonstrations. */
  webhookRetryTimeScale: z.number().positive().default(1),
});
export type SquareSettings = z.output<typeof settingsSchema>;
