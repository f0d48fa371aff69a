import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeProblems } from '#api/rest/problem-schema.ts';

const answer = z
  .object({
    status: z
      .enum(['queued', 'duplicate'])
      .meta({ description: '`duplicate` when it was stored before: nothing was done again.' }),
    id: z.uuid().meta({ description: 'The submission’s id, the same for both.' }),
  })
  .meta({ id: 'SubmissionAnswer' });

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const headers = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/)
    .optional()
    .meta({
      description: 'One submission for each key. Without it, the same values from one address within ten minutes are one.',
    }),
  'X-Accord-Timestamp': z.string().optional().meta({ description: 'Unix time in seconds, at most five minutes off.' }),
  'X-Accord-Signature': z
    .string()
    .optional()
    .meta({ description: 'Hex HMAC-SHA256 of `<timestamp>.<form>.<body>` with a secret of WEBFORM_SECRETS, for servers.' }),
});

/** What takes submissions, in the OpenAPI document. */
export const webFormPaths: ZodOpenApiPathsObject = {
  '/webforms/{form}': {
    post: {
      operationId: 'postWebformsForm',
      tags: ['Web forms'],
      summary: 'Takes what a visitor filled in',
      description:
        'From pages of the form’s `allowedOrigins`, from the hosted page, or signed. Field names are those of accord.yaml; a name ' +
        'that the form does not have is refused in JSON and ignored in a form post. Stored before it is answered; synced after that.',
      security: [],
      requestParams: {
        path: z.object({ form: z.string().meta({ description: 'Its name in accord.yaml.', example: 'contact' }) }),
        header: headers,
      },
      requestBody: {
        content: { 'application/json': { schema: fields }, 'application/x-www-form-urlencoded': { schema: fields } },
      },
      responses: {
        202: { description: 'Stored, now or before', content: { 'application/json': { schema: answer } } },
        303: { description: 'The same, for a browser that sent the form by itself: what the visitor sees next' },
        ...describeProblems({
          400: 'Neither JSON nor a form, or the Idempotency-Key is no key',
          401: 'Wrongly signed, too old, no secret is configured, or not signed where it must be',
          403: 'The page is of a site that may not send this form',
          404: 'There is no such form',
          413: 'Larger than 64 KB',
          415: 'Another content type, or compressed',
          422: 'Some fields are not right, each of which is named; or the Idempotency-Key was used for other values',
          429: 'Too many from one address: try again after Retry-After',
          503: 'It could not be stored: send it again after Retry-After',
        }),
      },
    },
  },
};
