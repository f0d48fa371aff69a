import type { ZodType, z } from 'zod';
import { ApiError, type ErrorEntry, invalidRequest } from './api-error.ts';

/** Parses a JSON body. Throws the 400 with one entry per invalid field; `at` is the path of the body in the request. */
export function parseBody<T>(schema: ZodType<T>, body: unknown, at: readonly PropertyKey[] = []): T {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (!parsed.success)
    throw new ApiError(
      400,
      parsed.error.issues.map((issue) => toEntry(issue, at)),
    );
  return parsed.data;
}

/** A missing body counts as an empty object: the SDK sends none with group calls. */
export function parseJson(raw: unknown): unknown {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return {};
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw invalidRequest('EXPECTED_JSON_BODY', 'Expected a valid JSON body.');
  }
}

/** Options for `refine`, where Square documents a code and a message. */
export const withCode = (code: string, message: string) => ({ message, params: { code } });

function toEntry(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): ErrorEntry {
  const field = [...at, ...issue.path].join('.');
  return { category: 'INVALID_REQUEST_ERROR', code: toCode(issue), detail: issue.message, ...(field && { field }) };
}

const tooBigCodes: Record<string, string> = { string: 'VALUE_TOO_LONG', array: 'ARRAY_LENGTH_TOO_LONG' };
const tooSmallCodes: Record<string, string> = { string: 'VALUE_EMPTY', array: 'BAD_REQUEST' };

/** Square docs (error codes). Square documents the mistakes of only a few codes. The others are assigned by their names. */
function toCode(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
      return String(issue.params?.code ?? 'BAD_REQUEST');
    case 'too_big':
      return tooBigCodes[issue.origin] ?? 'VALUE_TOO_HIGH';
    case 'too_small':
      return tooSmallCodes[issue.origin] ?? 'VALUE_TOO_LOW';
    case 'invalid_value':
      return 'INVALID_ENUM_VALUE';
    default:
      return issue.input === undefined ? 'MISSING_REQUIRED_PARAMETER' : 'INVALID_VALUE';
  }
}
