import { type ZodType, z } from 'zod';
import { badRequest, type GoogleError, invalidArgument } from '#sandbox/google/google-error.ts';

/** Accepted by every Google API, without effect here. Google docs: "System parameters". */
const systemParameters = new Set(['alt', 'key', 'prettyPrint', 'quotaUser']);

/** An array parameter: its key is repeated, and a single value is an array as well. */
export const repeated = z.preprocess(
  (value) => (value === undefined || Array.isArray(value) ? value : [value]),
  z.array(z.string()).default([]),
);

/** A boolean parameter, false by default. */
export const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** The size of a page. 0 means the default, because protocol buffers do not tell 0 from absent. */
export function pageSize({ standard, max }: { standard: number; max: number }) {
  const size = z.coerce.number().int().min(0).max(max).default(standard);
  return size.transform((given) => given || standard);
}

/** Google docs: the sources to read. The sandbox has contacts only, so the value just binds page and sync tokens. */
export const sources = z.array(
  z.enum([
    'READ_SOURCE_TYPE_UNSPECIFIED',
    'READ_SOURCE_TYPE_PROFILE',
    'READ_SOURCE_TYPE_CONTACT',
    'READ_SOURCE_TYPE_DOMAIN_CONTACT',
    'READ_SOURCE_TYPE_OTHER_CONTACT',
  ]),
);

/** Google documents the limits of batches. The 400 for exceeding them is an assumption. */
export function checkCount(noun: string, count: number, max: number): void {
  if (count > max) throw invalidArgument(`At most ${max} ${noun} are allowed in one request; ${count} were given.`);
}

/** For operations without query parameters. */
export const noQuery = z.strictObject({});

/** Ignores system parameters. Any other unknown or invalid parameter throws the 400. */
export function parseQuery<Q>(schema: ZodType<Q>, query: Record<string, unknown>): Q {
  const own = Object.fromEntries(Object.entries(query).filter(([name]) => !systemParameters.has(name) && !name.startsWith('$.')));
  const parsed = schema.safeParse(own);
  if (parsed.success) return parsed.data;
  throw toError(parsed.error.issues[0], (name) => `Unknown name "${name}": Cannot bind query parameter.`);
}

/** A missing body counts as an empty object, as with protocol buffers. */
export function parseBody<B>(schema: ZodType<B>, raw: unknown): B {
  const parsed = schema.safeParse(Buffer.isBuffer(raw) && raw.length > 0 ? parseJson(raw.toString('utf8')) : {});
  if (parsed.success) return parsed.data;
  throw toError(parsed.error.issues[0], (name) => `Unknown name "${name}": Cannot find field.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`Invalid JSON payload received. ${error instanceof Error ? error.message : error}`);
  }
}

function toError(issue: z.core.$ZodIssue | undefined, unknownName: (name: string) => string): GoogleError {
  if (issue?.code === 'unrecognized_keys')
    return badRequest('', `Invalid JSON payload received. ${unknownName(issue.keys[0] ?? '')}`);
  const at = issue?.path.join('.') ?? '';
  return badRequest(at, `Invalid value at '${at}': ${issue?.message}`);
}
