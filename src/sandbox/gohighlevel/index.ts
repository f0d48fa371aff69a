import { Router } from 'express';
import { z } from 'zod';
import { accountSchema, defineSandbox } from '#sandbox/core/define-sandbox.ts';
import { answer } from './gate.ts';
import { createPeople } from './people.ts';
import { createRecords } from './records.ts';
import { contactRoutes } from './routes/contacts.ts';
import { legacyListRoute } from './routes/legacy-list.ts';
import { locationRoutes } from './routes/locations.ts';
import { noteRoutes } from './routes/notes.ts';
import { oauthRoute } from './routes/oauth.ts';
import { searchRoute } from './routes/search.ts';
import { tagRoutes } from './routes/tags.ts';
import { upsertRoute } from './routes/upsert.ts';
import { settingsSchema } from './settings.ts';
import { createVendor, type Vendor } from './vendor.ts';
import { VendorError } from './vendor-error.ts';
import { retryRule } from './webhooks/retry-rule.ts';

export type { GoHighLevelSettings } from './settings.ts';

/** HighLevel's API v2 for contacts, tags, search, locations and tokens, with its webhooks. Quirks: docs/sandboxes.md. */
export const gohighlevelSandbox = defineSandbox({
  id: 'gohighlevel',
  title: 'GoHighLevel',
  defaultPort: 4101,
  settings: settingsSchema,
  presets: {
    unlimited: { rateLimitMax: 10_000_000, dailyLimit: 10_000_000 },
    immediate: { searchLagMs: 0 },
    // A full pass lists by search: with the usual lag it would miss contacts of the import that runs right before it. Some of the
    // sample people share a phone, as households do: the usual location refuses the second one.
    stack: { searchLagMs: 0, allowDuplicateContact: true },
  },
  account: accountSchema({
    ...{ token: z.string(), locationId: z.string(), webhookPublicKey: z.string() },
    ...{ clientId: z.string(), clientSecret: z.string() },
  }),
  published: ['token', 'locationId'],
  environment: ({ url, token, locationId, webhookPublicKey }) => ({
    ...{ GHL_BASE_URL: url, GHL_API_KEY: token, GHL_LOCATION_ID: locationId, GHL_WEBHOOK_PUBLIC_KEY: webhookPublicKey },
  }),
  appSettings: (redirectUri) => ({ redirectUris: [redirectUri] }),
  appEnvironment: ({ url, clientId, clientSecret, webhookPublicKey }) => ({
    ...{ GHL_BASE_URL: url, GHL_AUTHORIZE_URL: `${url}/oauth/chooselocation`, GHL_WEBHOOK_PUBLIC_KEY: webhookPublicKey },
    ...{ GHL_CLIENT_ID: clientId, GHL_CLIENT_SECRET: clientSecret },
  }),
  // Another sub-account: its own location, private integration and grants of the same app.
  furtherAccount: (name) => ({
    locationId: `Sbx0${name.replace(/\W/g, '')}`.padEnd(20, '0').slice(0, 20),
    locationName: `Sandbox location ${name}`,
    token: `pit-${name}-0000-4000-8000-000000000001`,
    refreshToken: `sandbox-refresh-token-${name}`,
    authorizationCode: `sandbox-authorization-code-${name}`,
  }),
  samples: 'contacts',
  sampleEdit: {
    of: 'plain',
    describe: () => 'tagged “cold lead”',
    change: () => ({ addTags: ['cold lead'] }),
  },
  retryRule,
  build(context) {
    const vendor = createVendor(context);
    const records = createRecords(vendor);
    const { knows } = vendor.tokens;
    return { routes: routesOf(vendor), records, people: createPeople(vendor, records), knows, info: () => infoOf(vendor) };
  },
});

function routesOf(vendor: Vendor): Router {
  const router = Router();
  router.use('/oauth', oauthRoute(vendor));
  router.use('/locations', locationRoutes(vendor));
  router.use(
    '/contacts',
    upsertRoute(vendor),
    searchRoute(vendor),
    legacyListRoute(vendor),
    tagRoutes(vendor),
    noteRoutes(vendor),
    contactRoutes(vendor),
  );
  router.use((request, response) =>
    answer(
      response,
      404,
      () => vendor.rateLimit.headers(null),
      () => {
        throw new VendorError(404, `Cannot ${request.method} ${request.path}`, { error: 'Not Found' });
      },
    ),
  );
  return router;
}

/** Facts for clients of the API and for receivers of its webhooks. */
function infoOf({ settings, signer }: Vendor): Record<string, unknown> {
  const { locationId, token, clientId, clientSecret, refreshToken, hmacSecret, legacyRsaSignature } = settings();
  return {
    ...{ locationId, token, clientId, clientSecret, refreshToken, hmacSecret },
    appId: clientId.split('-')[0],
    webhookPublicKey: signer.publicKey,
    ...(legacyRsaSignature && { webhookRsaPublicKey: signer.rsaPublicKey() }),
  };
}
