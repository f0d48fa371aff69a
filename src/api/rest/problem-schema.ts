import { z } from 'zod';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';

/** The body that `sendProblem` sends. */
const problem = z
  .object({
    type: z.string().meta({ example: 'urn:accord:problem:missing-scope' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    errorId: z.string().optional().meta({ description: 'Id of the log entry of an internal error.' }),
  })
  .meta({ id: 'Problem' });

/** OpenAPI responses from descriptions by status. */
export function describeProblems(problems: Record<number, string>): ZodOpenApiResponsesObject {
  const content = { 'application/problem+json': { schema: problem } };
  return Object.fromEntries(Object.entries(problems).map(([status, description]) => [status, { description, content }]));
}
