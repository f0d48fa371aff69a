import express, { Router } from 'express';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import type { ApiDeps } from '#api/deps.ts';
import { linkExpired } from '#api/rest/auth.ts';
import { invalidInput } from '#api/rest/errors.ts';
import { describeProblems } from '#api/rest/problem-schema.ts';
import { assertSameOrigin, portalCookie, portalPath } from '#api/rest/session-cookie.ts';
import { findPortalLink } from '#db/delivery/portal-links.ts';

const path = `${portalPath}/session`;

const body = z.strictObject({ link: z.string().max(200).meta({ description: 'The token in the link.' }) });

/** Exchanges a subscriber's link for a cookie, which scripts cannot read, and which the routes of the portal alone accept. */
export function createPortalSessionRouter(deps: ApiDeps): Router {
  const router = Router();
  router.post(path, express.json({ limit: '4kb', type: () => true }), async (req, res) => {
    assertSameOrigin(req);
    const { success, data, error } = body.safeParse(req.body);
    if (!success) throw invalidInput('body', error.issues);
    const link = await findPortalLink(deps.db, data.link);
    if (!link) throw linkExpired();
    const { name, options } = portalCookie(req, deps);
    const cookie = { ...options, expires: link.expires_at };
    res.cookie(name, data.link, cookie).set('cache-control', 'no-store').status(204).end();
  });
  return router;
}

/** The OpenAPI description of the route. */
export const portalSessionPaths: ZodOpenApiPathsObject = {
  [path]: {
    post: {
      operationId: 'postApiV1PortalSession',
      ...{ tags: ['Portal'], security: [] },
      summary: 'Open a subscriber’s link',
      description:
        'Exchanges the link for a cookie with the same expiry. Needs the header `X-Accord-Admin`, like all operations of the portal other than `GET`.',
      requestBody: { content: { 'application/json': { schema: body } } },
      responses: {
        204: { description: 'The cookie is set' },
        ...describeProblems({
          400: 'The request is not valid',
          401: 'The link has expired or was withdrawn',
          403: 'The request comes from another site',
          503: 'The database is unavailable',
        }),
      },
    },
  },
};
