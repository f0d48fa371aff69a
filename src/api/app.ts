import express, { type Express } from 'express';
import helmet from 'helmet';
import { untraced } from '#tracing/tracing.ts';
import { createAdminRouter } from './admin/pages.ts';
import { createSessionRouter } from './admin/sessions.ts';
import { createChangesRouter } from './changes/changes.ts';
import { createCallbackRouter } from './connections/callback.ts';
import type { ApiDeps } from './deps.ts';
import { createDocsRouter } from './docs/docs.ts';
import { buildOpenApi, operations } from './docs/openapi.ts';
import { mountIngress } from './ingress/ingress.ts';
import { createLiveRouter } from './live/live.ts';
import { createHealthRouter, createMetricsRouter, type Lifecycle } from './monitoring/health.ts';
import { createPortalSessionRouter } from './portal/portal-session.ts';
import { type AuthLimits, createAuth } from './rest/auth.ts';
import { basePathOf } from './rest/base-path.ts';
import { problemHandler, unknownRoute } from './rest/errors.ts';
import { dropForwardedPorts } from './rest/forwarded-for.ts';
import { createOperationRouter } from './rest/operation-router.ts';
import { traceRequests } from './rest/trace-requests.ts';
import { createWebFormRouter } from './web-forms/web-forms.ts';

export interface AppOptions {
  lifecycle?: Lifecycle;
  limits?: AuthLimits;
  /** Proxies whose X-Forwarded-For is trusted: addresses, subnets, or Express' names for them. Default: loopback. */
  trustedProxies?: readonly string[];
}

/** The Express app of the api, not yet listening. Ingress comes first, before middleware that webhooks do not need. */
export function createApp(
  deps: ApiDeps,
  { lifecycle = { stopping: false }, limits, trustedProxies = ['loopback'] }: AppOptions = {},
): Express {
  const app = express();
  const basePath = basePathOf(deps);
  app.disable('x-powered-by');
  // Any other client could claim an address with X-Forwarded-For.
  app.set('trust proxy', [...trustedProxies]);

  app.use(dropForwardedPorts);
  app.use(traceRequests(deps.tracing ?? untraced));
  mountIngress(app, deps);
  app.use(securityHeaders);
  app.use(createWebFormRouter(deps));
  app.use(createCallbackRouter(deps));
  app.use(createHealthRouter(deps, lifecycle));
  const authorize = createAuth(deps.db, limits);
  app.use(createMetricsRouter(deps, authorize));
  app.use(createDocsRouter(() => buildOpenApi(deps.providers), basePath));
  app.use(createAdminRouter(deps.adminPages, basePath));
  app.use(createSessionRouter(deps, authorize, limits));
  app.use(createPortalSessionRouter(deps));
  app.use(createChangesRouter(deps, authorize, lifecycle));
  app.use(createLiveRouter(deps, authorize, lifecycle));
  app.use(createOperationRouter(deps, operations, authorize));
  app.use(unknownRoute);
  app.use(problemHandler(deps.log));
  return app;
}

const securityHeaders = helmet({
  contentSecurityPolicy: {
    // Swagger UI uses inline styles, and icons from data URLs.
    directives: { 'img-src': ["'self'", 'data:'], 'style-src': ["'self'", "'unsafe-inline'"], 'upgrade-insecure-requests': null },
  },
  // A matter of the proxy that terminates TLS: the header applies to the whole host.
  strictTransportSecurity: false,
});
