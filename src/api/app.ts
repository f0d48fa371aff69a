import express, { type Express } from 'express';
import helmet from 'helmet';
import type { ApiDeps } from './deps.ts';
import { createDocsRouter } from './docs/docs.ts';
import { buildOpenApi, operations } from './docs/openapi.ts';
import { mountIngress } from './ingress/ingress.ts';
import { createHealthRouter, type Lifecycle } from './monitoring/health.ts';
import { type AuthLimits, createAuth } from './rest/auth.ts';
import { problemHandler, unknownRoute } from './rest/errors.ts';
import { createOperationRouter } from './rest/operation-router.ts';
import { createWebFormRouter } from './web-forms/web-forms.ts';

export interface AppOptions {
  lifecycle?: Lifecycle;
  limits?: AuthLimits;
  /** Proxies that are believed about who is calling: addresses, subnets, or names as Express knows them. Loopback by default. */
  trustedProxies?: readonly string[];
}

/** The HTTP side of Accord, without a port: webhooks first, then what people and programs ask. */
export function createApp(
  deps: ApiDeps,
  { lifecycle = { stopping: false }, limits, trustedProxies = ['loopback'] }: AppOptions = {},
): Express {
  const app = express();
  app.disable('x-powered-by');
  // Anybody else would only claim to be speaking for others.
  app.set('trust proxy', [...trustedProxies]);

  mountIngress(app, deps);
  app.use(securityHeaders);
  app.use(createWebFormRouter(deps));
  app.use(createHealthRouter(deps, lifecycle));
  app.use(createDocsRouter(buildOpenApi(deps.providers)));
  app.use(createOperationRouter(deps, operations, createAuth(deps.db, limits)));
  app.use(unknownRoute);
  app.use(problemHandler(deps.log));
  return app;
}

const securityHeaders = helmet({
  contentSecurityPolicy: {
    // Swagger UI styles its elements in place and draws its icons from data URLs.
    directives: { 'img-src': ["'self'", 'data:'], 'style-src': ["'self'", "'unsafe-inline'"], 'upgrade-insecure-requests': null },
  },
  // Whoever terminates TLS decides for the whole host.
  strictTransportSecurity: false,
});
