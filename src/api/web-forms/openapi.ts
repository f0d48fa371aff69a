import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeProblems } from '#api/rest/problem-schema.ts';

const answer = z
  .object({
    status: z.enum(['queued', 'duplicate']).meta({ description: '`duplicate`: the submission was stored before.' }),
    id: z.uuid().meta({ description: 'Id of the submission, the same for a duplicate.' }),
  })
  .meta({ id: 'SubmissionAnswer' });

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const headers = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/)
    .optional()
    .meta({
      description:
        'One submission is stored per key. Without a key, equal values from one address within ten minutes count as one.',
    }),
  'X-Accord-Timestamp': z.string().optional().meta({ description: 'Unix time in seconds. May be five minutes off.' }),
  'X-Accord-Signature': z
    .string()
    .optional()
    .meta({ description: 'For servers: hex HMAC-SHA256 of `<timestamp>.<form>.<body>` with a secret of WEBFORM_SECRETS.' }),
});

/** The OpenAPI description of the URL that takes submissions. */
export const webFormPaths: ZodOpenApiPathsObject = {
  '/webforms/{form}': {
    post: {
      operationId: 'postWebformsForm',
      tags: ['Web forms'],
      summary: 'Submit a form',
      description:
        'For pages of the form’s `allowedOrigins`, the hosted page, and servers that sign. `accord.yaml` defines the field names. ' +
        'An unknown name is refused in JSON and ignored in a form post. A submission is stored before the response, and synced after it.',
      security: [],
      requestParams: {
        path: z.object({ form: z.string().meta({ description: 'Name of the form in accord.yaml.', example: 'contact' }) }),
        header: headers,
      },
      requestBody: {
        content: { 'application/json': { schema: fields }, 'application/x-www-form-urlencoded': { schema: fields } },
      },
      responses: {
        202: { description: 'Stored now or before', content: { 'application/json': { schema: answer } } },
        303: { description: 'Stored now or before, for a browser without script: redirects to the next page' },
        ...describeProblems({
          400: 'The body or the Idempotency-Key is malformed',
          401: 'The signature is missing, wrong or too old, or no secret is configured',
          403: 'The site may not send this form',
          404: 'There is no such form',
          413: 'The body is larger than 64 KB',
          415: 'The content type is not supported, or the body is compressed',
          422: 'Some fields are missing or not valid: see `errors`; or the Idempotency-Key was used for other values',
          429: 'Too many submissions from one address: try again after Retry-After',
          503: 'The submission could not be stored: send it again after Retry-After',
        }),
      },
    },
  },
};
