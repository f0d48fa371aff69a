import { type ZodType, z } from 'zod';
import { badRequest, type GoogleError, invalidArgument } from '#sandbox/google/google-error.ts';

/** Taken by every Google API, without effect here. Google docs: "System parameters". */
const systemParameters = new Set(['alt', 'key', 'prettyPrint', 'quotaUser']);

/** An array parameter repeats its key; once is an array too. */
export const repeated = z.preprocess(
  (value) => (value === undefined || Array.isArray(value) ? value : [value]),
  z.array(z.string()).default([]),
);

export const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** A page's size; 0 means the default, as everywhere in protocol buffers. */
export function pageSize({ standard, maximum }: { standard: number; maximum: number }) {
  const size = z.coerce.number().int().min(0).max(maximum).default(standard);
  return size.transform((given) => given || standard);
}

/** Google docs: which sources are read. Only contacts live here, so it counts for the tokens alone. */
export const sources = z.array(
  z.enum([
    'READ_SOURCE_TYPE_UNSPECIFIED',
    'READ_SOURCE_TYPE_PROFILE',
    'READ_SOURCE_TYPE_CONTACT',
    'READ_SOURCE_TYPE_DOMAIN_CONTACT',
    'READ_SOURCE_TYPE_OTHER_CONTACT',
  ]),
);

/** Google docs: the limits of batches; that more is a 400 goes without saying there. */
export function checkCount(what: string, count: number, maximum: number): void {
  if (count > maximum) throw invalidArgument(`At most ${maximum} ${what} are allowed in one request; ${count} were given.`);
}

export function parseQuery<Q>(schema: ZodType<Q> | undefined, query: Record<string, unknown>): Q {
  const own = Object.fromEntries(Object.entries(query).filter(([name]) => !systemParameters.has(name) && !name.startsWith('$.')));
  const parsed = (schema ?? (z.strictObject({}) as unknown as ZodType<Q>)).safeParse(own);
  if (parsed.success) return parsed.data;
  throw toError(parsed.error.issues[0], (name) => `Unknown name "${name}": Cannot bind query parameter.`);
}

/** No body is an empty object, as protocol buffers have it. */
export function parseBody<B>(schema: ZodType<B>, raw: unknown): B {
  const parsed = schema.safeParse(Buffer.isBuffer(raw) && raw.length > 0 ? parseJson(raw.toString('utf8')) : {});
  if (parsed.success) return parsed.data;
  throw toError(parsed.error.issues[0], (name) => `Unknown name "${name}": Cannot find field.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`Invalid JSON payload received. ${(error as Error).message}`);
  }
}

function toError(issue: z.core.$ZodIssue | undefined, unknownName: (name: string) => string): GoogleError {
  if (issue?.code === 'unrecognized_keys')
    return badRequest('', `Invalid JSON payload received. ${unknownName(issue.keys[0] ?? '')}`);
  const at = issue?.path.join('.') ?? '';
  return badRequest(at, `Invalid value at '${at}': ${issue?.message}`);
}
