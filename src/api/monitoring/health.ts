import { type Response, Router } from 'express';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import type { ApiDeps } from '#api/deps.ts';
import type { Authorize } from '#api/rest/auth.ts';
import { describeProblems } from '#api/rest/problem-schema.ts';
import { isDatabaseUp, readReadiness } from './readiness.ts';

/** `stopping` makes `/readyz` answer 503, so that load balancers send no more requests. */
export interface Lifecycle {
  stopping: boolean;
}

/** Routes for monitors. They need no API key, so results of checks are cached for a second. */
export function createHealthRouter(deps: ApiDeps, lifecycle: Lifecycle): Router {
  const router = Router();

  router.get('/healthz', (_req, res) => {
    res.json({ status: 'alive' });
  });

  router.get('/readyz', async (_req, res) => {
    const { isReady, ...report } = await readReadiness(deps);
    const status = lifecycle.stopping ? 'stopping' : isReady ? 'ready' : 'not ready';
    sendStatus(res, status === 'ready', { status, ...report });
  });

  router.get('/webhooks/health', async (_req, res) => {
    const isHealthy = await isDatabaseUp(deps);
    sendStatus(res, isHealthy, { status: isHealthy ? 'healthy' : 'unhealthy', timestamp: new Date().toISOString() });
  });

  return router;
}

/** Metrics tell how much business is done, so they need an API key: Prometheus sends one by `authorization`. */
export function createMetricsRouter({ metrics: { registry } }: ApiDeps, authorize: Authorize): Router {
  const router = Router();
  router.get('/metrics', ...authorize('metrics:read'), async (_req, res) => {
    res
      .set('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  });
  return router;
}

/** The OpenAPI description of these routes. */
export const healthPaths: ZodOpenApiPathsObject = {
  '/healthz': { get: describe('getHealthz', 'Whether the process is alive', z.object({ status: z.literal('alive') })) },
  '/readyz': {
    get: describe(
      'getReadyz',
      'Whether the process can take requests: 503 while the database is unavailable or not migrated, or the process stops',
      z.object({
        status: z.enum(['ready', 'not ready', 'stopping']),
        database: z.enum(['up', 'down']),
        temporal: z.enum(['up', 'down']).describe('`down` also while the namespace is missing. Webhooks are stored meanwhile.'),
        problems: z.array(z.string()).describe('The missing parts, and how to add them'),
      }),
    ),
  },
  '/webhooks/health': {
    get: describe(
      'getWebhooksHealth',
      'Whether webhooks can be stored: 503 if not',
      z.object({ status: z.enum(['healthy', 'unhealthy']), timestamp: z.iso.datetime() }),
    ),
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      tags: ['Health'],
      summary: 'Metrics for Prometheus',
      description: 'Needs the scope `metrics:read`.',
      security: [{ bearer: ['metrics:read'] }, { header: ['metrics:read'] }],
      responses: {
        200: { description: 'The metrics', content: { 'text/plain': { schema: z.string() } } },
        ...describeProblems({
          401: 'The API key is missing, unknown or revoked',
          403: 'The API key lacks the scope',
          429: 'Too many requests',
          503: 'The database is unavailable',
        }),
      },
    },
  },
};

function describe(operationId: string, summary: string, schema: z.ZodType): ZodOpenApiOperationObject {
  const content = { 'application/json': { schema } };
  const responses = {
    200: { description: 'Yes', content },
    ...(operationId === 'getHealthz' ? {} : { 503: { description: 'No', content } }),
  };
  return { operationId, tags: ['Health'], summary, security: [], responses };
}

function sendStatus(res: Response, isGood: boolean, body: object): void {
  res.status(isGood ? 200 : 503).json(body);
}
