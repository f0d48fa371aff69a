import { z } from 'zod';

/** Scopes that the sandbox's routes require. HighLevel docs: docs/oauth/Scopes.md. */
export const scopes = ['contacts.readonly', 'contacts.write', 'locations.readonly', 'locations/customFields.readonly'] as const;
const scopesSchema = z.array(z.enum(scopes));
export type Scope = (typeof scopes)[number];

export const eventTypes = ['ContactCreate', 'ContactUpdate', 'ContactDelete', 'ContactTagUpdate', 'ContactDndUpdate'] as const;
export type EventType = (typeof eventTypes)[number];

/** All settings. A default is the value that HighLevel documents, where there is one. */
export const settingsSchema = z.strictObject({
  /** The location (sub-account) and its private integration token. A new token makes the old one invalid. */
  locationId: z.string().default('Sbx0Location0Alpha01'),
  token: z.string().default('pit-00000000-0000-4000-8000-000000000001'),
  scopes: scopesSchema.default([...scopes]),
  /** More tokens, for other locations or with fewer scopes. */
  otherTokens: z
    .array(z.object({ token: z.string(), locationId: z.string(), scopes: scopesSchema.default([...scopes]) }))
    .default([]),
  /** Accepted `Version` headers. */
  versions: z.array(z.string()).default(['2021-07-28']),

  /** The Marketplace app. The part of the client id before `-` is the `appId` in webhooks. */
  clientId: z.string().default('65a1b2c3d4e5f60718293a4b-sandbox1'),
  clientSecret: z.string().default('sandbox-client-secret'),
  /** The redirect URLs of the app. They must match exactly. */
  redirectUris: z.array(z.string()).default([]),
  /** Not documented. */
  codeLifeMs: z.number().default(600_000),
  locationName: z.string().default('Sandbox location'),
  authorizationCode: z.string().default('sandbox-authorization-code'),
  /** The first refresh token: valid until it is used. */
  refreshToken: z.string().default('sandbox-refresh-token'),
  accessTokenSeconds: z.number().default(86_399),
  /** How long a used refresh token gets the same new pair again. With 0 any reuse is a 400. */
  refreshGraceMs: z.number().default(30_000),
  /** False during a billing pause: a refresh is a 400, and the refresh token stays valid. */
  locationActive: z.boolean().default(true),

  rateLimitMax: z.number().int().default(100),
  rateLimitIntervalMs: z.number().int().default(10_000),
  dailyLimit: z.number().int().default(200_000),

  defaultCountry: z.string().length(2).default('US'),
  allowDuplicateContact: z.boolean().default(false),
  /** The fields that find an existing contact, in this order. */
  matchFields: z
    .array(z.enum(['email', 'phone']))
    .min(1)
    .default(['email', 'phone']),
  unknownContactStatus: z.union([z.literal(400), z.literal(404)]).default(400),
  unparsablePhone: z.enum(['store', 'reject']).default('store'),
  /** How long a write stays invisible to search. */
  searchLagMs: z.number().default(3_000),

  /** Types of a search row. `live`: dates of birth in milliseconds, postal codes as numbers, null for `dnd` (api-docs issue 314). */
  searchTypes: z.enum(['live', 'documented']).default('live'),
  /** Whether PUT accepts `companyName`, which its published schema lacks (api-docs issue 314). */
  updatesCompany: z.boolean().default(true),
  /** Whether PUT replaces `dndSettings` as a whole or merges its channels: not documented. */
  dndUpdate: z.enum(['replace', 'merge']).default('replace'),

  webhookScheme: z.enum(['native', 'hmac', 'workflow']).default('native'),
  webhookEvents: z.array(z.enum(eventTypes)).default([...eventTypes]),
  /** Whether a change of tags also sends ContactUpdate, and a create with tags also ContactTagUpdate: not documented. */
  extraEvents: z.boolean().default(false),
  /** Replaces `appId`: the event of another app, signed with the same key. */
  webhookAppId: z.string().optional(),
  /** `samples`: without `timestamp` and `webhookId`, as in HighLevel's printed samples. `guide`: with both, as its guide promises. */
  webhookEnvelope: z.enum(['guide', 'samples']).default('guide'),
  /** Form of `timestamp`. Integrators report all three. */
  webhookTimestamp: z.enum(['iso', 'milliseconds', 'seconds']).default('iso'),
  webhookSignature: z.enum(['valid', 'corrupt', 'N/A', 'missing']).default('valid'),
  /** Adds the legacy header `X-WH-Signature`. */
  legacyRsaSignature: z.boolean().default(false),
  hmacSecret: z.string().default('sandbox-webhook-secret'),
  /** Headers of the workflow's webhook action, such as a static secret. */
  workflowHeaders: z.record(z.string(), z.string()).default({}),
  webhookRetry: z.enum(['429-only', 'any-non-2xx']).default('429-only'),
  webhookRetryJitterMs: z.number().default(100_000),
  /** Divides the wait before each retry, for demonstrations. */
  webhookRetryTimeScale: z.number().positive().default(1),
});
export type GoHighLevelSettings = z.output<typeof settingsSchema>;
