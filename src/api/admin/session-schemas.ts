import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeProblems } from '#api/rest/problem-schema.ts';
import { roles } from '#api/rest/role.ts';

export const sessionPath = '/api/v1/session';

const key = z.string().trim().min(1).max(200);

/** The body of a sign-in. */
export const signIn = z.union([
  z.strictObject({ key: key.meta({ description: 'An API key.' }) }),
  z.strictObject({ link: key.meta({ description: 'The token of a sign-in link, which works once.' }) }),
]);

const session = z
  .object({
    name: z.string().meta({ description: 'The name of the API key.' }),
    role: z.enum(roles).meta({ description: 'By the scopes of the key: `operator` may change something, `admin` everything.' }),
    scopes: z.array(z.string()),
    isMasked: z.boolean().meta({ description: 'Whether answers hide personal data.' }),
    endsAt: z.iso.datetime().nullable().meta({ description: 'Null for a request with an API key instead of a session.' }),
    hasSandboxes: z.boolean().meta({ description: 'Whether this is `npm start`, which has pages for its sandboxes.' }),
  })
  .meta({ id: 'Session' });

export type SessionFacts = z.input<typeof session>;

const link = z.object({ url: z.string(), expiresAt: z.iso.datetime() });

const tags = ['Sessions'];
const anyKey = [{ bearer: [] }, { header: [] }];

/** The OpenAPI description of the routes of sessions. */
export const sessionPaths: ZodOpenApiPathsObject = {
  [sessionPath]: {
    post: {
      operationId: 'postApiV1Session',
      ...{ tags, security: [] },
      summary: 'Sign in to the admin pages',
      description:
        'Exchanges an API key or a sign-in link for a cookie that lasts twelve hours and acts as the key. Needs the header `X-Accord-Admin`. ' +
        'With the cookie, all operations need this header, except those by GET.',
      requestBody: { content: { 'application/json': { schema: signIn } } },
      responses: {
        204: { description: 'The cookie is set' },
        ...describeProblems({
          400: 'The request is not valid',
          401: 'The API key or the link is unknown, has expired, was revoked or used',
          403: 'The request comes from another site',
          429: 'Too many wrong API keys',
          503: 'The database is unavailable',
        }),
      },
    },
    get: {
      operationId: 'getApiV1Session',
      ...{ tags, security: anyKey },
      summary: 'Show the session, with its role and scopes',
      responses: {
        200: {
          description: 'The session, or the API key',
          content: { 'application/json': { schema: z.object({ success: z.literal(true), data: session }) } },
        },
        ...describeProblems({
          401: 'No session, or it has ended',
          403: 'The request comes from another site',
          429: 'Too many requests',
          503: 'The database is unavailable',
        }),
      },
    },
    delete: {
      operationId: 'deleteApiV1Session',
      ...{ tags, security: [] },
      summary: 'Sign out',
      responses: {
        204: { description: 'The session has ended' },
        ...describeProblems({ 403: 'The request comes from another site', 503: 'The database is unavailable' }),
      },
    },
  },
  [`${sessionPath}/links`]: {
    post: {
      operationId: 'postApiV1SessionLinks',
      ...{ tags, security: anyKey },
      summary: 'Create a link that signs in once',
      description: 'The link acts as the API key of the caller, and works for a day.',
      responses: {
        201: {
          description: 'The link',
          content: { 'application/json': { schema: z.object({ success: z.literal(true), data: link }) } },
        },
        ...describeProblems({
          401: 'The API key is missing, unknown or revoked',
          403: 'The request comes from another site',
          429: 'Too many requests',
          503: 'The database is unavailable',
        }),
      },
    },
  },
};
