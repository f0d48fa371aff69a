import { Router } from 'express';
import { z } from 'zod';
import { accountSchema, defineSandbox } from '#sandbox/core/define-sandbox.ts';
import { notFound } from './api-error.ts';
import { answer } from './gate.ts';
import { createPeople } from './people.ts';
import { createRecords } from './records.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { customAttributeRoutes } from './routes/custom-attributes.ts';
import { customerRoutes } from './routes/customers.ts';
import { eventRoutes } from './routes/events.ts';
import { groupRoutes } from './routes/groups.ts';
import { merchantRoutes } from './routes/merchants.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { searchRoutes } from './routes/search.ts';
import { webhookSubscriptionRoutes } from './routes/webhook-subscriptions.ts';
import { settingsSchema } from './settings.ts';
import { createVendor, type Vendor } from './vendor.ts';
import { retryRule } from './webhooks/retry-rule.ts';

export type { SquareSettings } from './settings.ts';

/** Square's Customers, Customer Groups, Events and OAuth APIs for one seller, with their webhooks. Quirks: docs/sandboxes.md. */
export const squareSandbox = defineSandbox({
  id: 'square',
  title: 'Square',
  defaultPort: 4103,
  apiPath: '/v2',
  settings: settingsSchema,
  presets: {
    unlimited: {},
    immediate: { indexLagMs: 0 },
    stack: {},
  },
  account: accountSchema({
    ...{ token: z.string(), merchantId: z.string(), signatureKey: z.string() },
    ...{ clientId: z.string(), clientSecret: z.string() },
  }),
  published: ['token', 'merchantId', 'signatureKey'],
  environment: ({ url, token, merchantId, signatureKey }, webhookUrl) => ({
    ...{ SQUARE_BASE_URL: url, SQUARE_ACCESS_TOKEN: token, SQUARE_MERCHANT_ID: merchantId, SQUARE_SIGNATURE_KEY: signatureKey },
    // Signatures cover the URL: the one that the sandbox posts to and this one must be the same string.
    ...(webhookUrl !== undefined && { SQUARE_WEBHOOK_URL: webhookUrl }),
  }),
  // Another seller that granted the same app access: webhooks of both have one signature key.
  furtherAccount: (name) => ({
    merchantId: `MLSANDBOX${name.replace(/\W/g, '').toUpperCase()}`,
    businessName: `Sandbox Business ${name}`,
    token: `EAAAsandbox-access-token-of-${name}`,
    refreshToken: `EQAAsandbox-refresh-token-of-${name}`,
    authorizationCode: `sandbox-sq0cgb-of-${name}`,
  }),
  subscribesByApi: true,
  appSettings: (redirectUri) => ({ redirectUris: [redirectUri] }),
  // The owner of the app is the seller, whose token may subscribe to webhooks.
  appEnvironment: ({ url, clientId, clientSecret, token }) => ({
    ...{ SQUARE_BASE_URL: url, SQUARE_CLIENT_ID: clientId, SQUARE_CLIENT_SECRET: clientSecret, SQUARE_APP_TOKEN: token },
  }),
  samples: 'lookalikes',
  sampleEdit: {
    of: 'plain',
    describe: () => 'has another phone number',
    change: ({ phone }) => ({ phone }),
  },
  retryRule,
  build(context) {
    const vendor = createVendor(context);
    const records = createRecords(vendor);
    const { knows } = vendor.tokens;
    return { routes: routesOf(vendor), records, people: createPeople(vendor, records), knows, info: () => infoOf(vendor) };
  },
});

/** Fixed paths such as `/customers/search` come before `/customers/{id}`. */
function routesOf(vendor: Vendor): Router {
  const router = Router();
  router.use(
    '/v2/customers',
    ...[searchRoutes, bulkRoutes, groupRoutes, customAttributeRoutes, customerRoutes].map((routes) => routes(vendor)),
  );
  router.use('/v2/events', eventRoutes(vendor));
  router.use('/v2/merchants', merchantRoutes(vendor));
  router.use('/v2/webhooks/subscriptions', webhookSubscriptionRoutes(vendor));
  router.use('/oauth2', oauthRoutes(vendor));
  router.use((request, response) =>
    answer(response, () => {
      throw notFound(`There is nothing at ${request.method} ${request.path}.`);
    }),
  );
  return router;
}

/** Facts for clients of the API and for receivers of its webhooks. */
function infoOf({ settings }: Vendor): Record<string, unknown> {
  const { merchantId, token, signatureKey, squareVersion, clientId, clientSecret, refreshToken } = settings();
  return { merchantId, token, signatureKey, squareVersion, clientId, clientSecret, refreshToken };
}
