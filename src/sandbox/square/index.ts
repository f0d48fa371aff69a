import { Router } from 'express';
import { type RunningSandbox, type SandboxDefinition, type SandboxOptions, startSandbox } from '#sandbox/core/sandbox.ts';
import { notFound } from './api-error.ts';
import { answer } from './gate.ts';
import { createRecords } from './records.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { customerRoutes } from './routes/customers.ts';
import { eventRoutes } from './routes/events.ts';
import { groupRoutes } from './routes/groups.ts';
import { searchRoutes } from './routes/search.ts';
import { type SquareSettings, settingsSchema } from './settings.ts';
import { createVendor, type Vendor } from './vendor.ts';
import { retryRule } from './webhooks/retry-rule.ts';

export type { SquareSettings } from './settings.ts';

/** Square's Customers, Customer Groups and Events APIs for one seller, with their webhooks. Quirks: docs/sandboxes.md. */
export function startSquareSandbox(options: SandboxOptions<SquareSettings> = {}): Promise<RunningSandbox<SquareSettings>> {
  return startSandbox(definition, options);
}

const definition: SandboxDefinition<SquareSettings> = {
  name: 'square',
  settings: settingsSchema,
  retryRule,
  build(context) {
    const vendor = createVendor(context);
    return { routes: routesOf(vendor), records: createRecords(vendor), info: () => infoOf(vendor) };
  },
};

/** `/customers/search`, `/groups` and the like win over `/customers/{id}`. */
function routesOf(vendor: Vendor): Router {
  const router = Router();
  router.use('/v2/customers', searchRoutes(vendor), bulkRoutes(vendor), groupRoutes(vendor), customerRoutes(vendor));
  router.use('/v2/events', eventRoutes(vendor));
  router.use((request, response) =>
    answer(response, () => {
      throw notFound(`There is nothing at ${request.method} ${request.path}.`);
    }),
  );
  return router;
}

/** What a service needs in order to talk to this sandbox and to believe its webhooks. */
function infoOf({ settings }: Vendor): Record<string, unknown> {
  const { merchantId, token, signatureKey, squareVersion } = settings();
  return { merchantId, token, signatureKey, squareVersion };
}
