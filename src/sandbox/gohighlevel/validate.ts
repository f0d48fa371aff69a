import type { ZodType, z } from 'zod';
import { badRequest, unprocessable } from './vendor-error.ts';

/** Parses a JSON body. Throws the 422 with one message per error. */
export function parseBody<T>(schema: ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw unprocessable(...parsed.error.issues.flatMap(toMessages));
  return parsed.data;
}

/** A missing body counts as an empty object. Invalid JSON is a 400. */
export function parseJson(raw: unknown): unknown {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return {};
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

/** Integrators report `property <name> should not exist` (api-docs issues 262, 313). The other messages follow that style. */
function toMessages(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `property ${[path, key].filter(Boolean).join('.')} should not exist`);
  if (issue.code === 'invalid_type') return [`${path} must be ${withArticle(issue.expected)}`];
  return [path ? `${path}: ${issue.message}` : issue.message];
}

const withArticle = (type: string) => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
