import { Router } from 'express';
import { type RunningSandbox, type SandboxDefinition, type SandboxOptions, startSandbox } from '#sandbox/core/sandbox.ts';
import { answer } from './gate.ts';
import { createRecords } from './records.ts';
import { contactRoutes } from './routes/contacts.ts';
import { legacyListRoute } from './routes/legacy-list.ts';
import { locationRoutes } from './routes/locations.ts';
import { oauthRoute } from './routes/oauth.ts';
import { searchRoute } from './routes/search.ts';
import { tagRoutes } from './routes/tags.ts';
import { upsertRoute } from './routes/upsert.ts';
import { type GoHighLevelSettings, settingsSchema } from './settings.ts';
import { createVendor, type Vendor } from './vendor.ts';
import { VendorError } from './vendor-error.ts';
import { retryRule } from './webhooks/retry-rule.ts';

export type { GoHighLevelSettings } from './settings.ts';

/** HighLevel's API v2 for contacts, tags, search, locations and tokens, with its webhooks. Quirks: docs/sandboxes.md. */
export function startGoHighLevelSandbox(
  options: SandboxOptions<GoHighLevelSettings> = {},
): Promise<RunningSandbox<GoHighLevelSettings>> {
  return startSandbox(definition, options);
}

const definition: SandboxDefinition<GoHighLevelSettings> = {
  name: 'gohighlevel',
  settings: settingsSchema,
  retryRule,
  build(context) {
    const vendor = createVendor(context);
    return { routes: routesOf(vendor), records: createRecords(vendor), info: () => infoOf(vendor) };
  },
};

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

/** What a service needs in order to talk to this sandbox and to believe its webhooks. */
function infoOf({ settings, signer }: Vendor): Record<string, unknown> {
  const { locationId, token, clientId, clientSecret, refreshToken, hmacSecret, legacyRsaSignature } = settings();
  return {
    ...{ locationId, token, clientId, clientSecret, refreshToken, hmacSecret },
    appId: clientId.split('-')[0],
    webhookPublicKey: signer.publicKey,
    ...(legacyRsaSignature && { webhookRsaPublicKey: signer.rsaPublicKey() }),
  };
}
