import { Router } from 'express';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import type { ApiDeps } from '#api/deps.ts';
import type { Lifecycle } from '#api/monitoring/health.ts';
import { type Authorize, callerOf } from '#api/rest/auth.ts';
import { openEventStream } from '#api/rest/event-stream.ts';
import { describeProblems } from '#api/rest/problem-schema.ts';
import { changeTopics } from '#db/changes.ts';
import { createChangeFeed } from './change-feed.ts';

const path = '/api/v1/changes';

/** Proxies close connections on which nothing is sent for a minute. */
const aliveMs = 20_000;
/** So long an api that stops waits for its streams at most. */
const lookMs = 500;

/** A stream of server-sent events that name the changed topics, so that pages read it again. It contains no data itself. */
export function createChangesRouter(deps: ApiDeps, authorize: Authorize, lifecycle: Lifecycle): Router {
  const router = Router();
  const feed = createChangeFeed(deps.db);
  router.get(path, ...authorize('sync:read'), (_req, res) => {
    openEventStream(res);
    const end = feed.listen((topics) => res.write(`data: ${JSON.stringify({ topics })}\n\n`));
    const { sessionEndsAt } = callerOf(res);
    // The browser opens it again, and is refused there once the session has ended.
    const isOver = () => lifecycle.stopping || (sessionEndsAt !== null && sessionEndsAt <= new Date());
    const alive = setInterval(() => res.write(': \n\n'), aliveMs);
    const over = setInterval(() => isOver() && res.end(), lookMs);
    res.on('close', () => {
      clearInterval(alive);
      clearInterval(over);
      end();
    });
  });
  return router;
}

const hint = z
  .object({ topics: z.array(z.enum(changeTopics)) })
  .meta({ id: 'ChangeHint', description: 'The `data` of one event: the topics that have changed since the last one.' });

/** The OpenAPI description of the stream. */
export const changesPaths: ZodOpenApiPathsObject = {
  [path]: {
    get: {
      operationId: 'getApiV1Changes',
      ...{ tags: ['Overview'], security: [{ bearer: ['sync:read'] }, { header: ['sync:read'] }] },
      summary: 'Stream the topics that change',
      description:
        'Server-sent events, at most one per second. An event names the changed topics, without their data: request that again.\n\nNeeds the scope `sync:read`.',
      responses: {
        200: { description: 'The stream', content: { 'text/event-stream': { schema: hint } } },
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
