import { isIP } from 'node:net';
import { z } from 'zod';
import { suggest } from './nearest.ts';

/** Settings that only some processes require. */
export type Need = 'database' | 'encryptionKey';

/** The variables that have a value, trimmed: `GHL_API_KEY=` in an .env file counts as unset. */
export function withoutBlanks(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])));
}

export type Environment = z.output<ReturnType<typeof environmentSchema>>;

/**
 * Accord's own variables. `providerIds` are the roles that a worker may have beside those of its own; null for any, in a workspace: its
 * accounts are not those of the default one, for which the roles are chosen. Null, and the reasons in `problems`, when one of them is invalid.
 */
export function readEnvironment(
  given: Record<string, string>,
  { need, providerIds, problems }: { need: readonly Need[]; providerIds: string[] | null; problems: string[] },
): Environment | null {
  for (const { name, instead, example } of need.map((key) => needed[key])) {
    if (given[name] === undefined && (instead === null || given[instead] === undefined))
      problems.push(`${name} is not set: ${example}`);
  }
  const { success, data, error } = environmentSchema(providerIds && ['workflows', 'delivery', ...providerIds]).safeParse(given);
  if (success) return data;
  problems.push(...error.issues.map(({ path, message }) => `${String(path[0])} ${message}`));
  return null;
}

const needed: Record<Need, { name: keyof Environment; instead: keyof Environment | null; example: string }> = {
  database: {
    name: 'DATABASE_URL',
    instead: null,
    example: 'the PostgreSQL database, such as postgres://user:password@host:5432/accord',
  },
  encryptionKey: {
    name: 'ACCORD_ENCRYPTION_KEY',
    instead: 'ACCORD_ENCRYPTION_KEYS',
    example: 'create it once with openssl rand -base64 32, and keep it',
  },
};

/** The schema of Accord's own variables. A message follows the variable's name, and never repeats a value that may be a secret. */
export function environmentSchema(roles: string[] | null) {
  return z.object({
    ACCORD_CONFIG: z.string().optional(),
    ACCORD_PROFILE: z.string().optional(),
    ACCORD_WORKSPACES: z.string().optional(),
    ACCORD_WORKSPACE: z.string().optional(),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\/./, 'must begin with postgres://')
      .optional(),
    DATABASE_POOL_SIZE: wholeNumber(1, 1_000, 10),
    DATABASE_STATEMENT_TIMEOUT: seconds.optional(),
    DATABASE_LOCK_TIMEOUT: seconds.optional(),
    DATABASE_IDLE_TRANSACTION_TIMEOUT: seconds.optional(),
    API_HOST: z.string().default('127.0.0.1'),
    PORT: wholeNumber(0, 65_535, 8080),
    PUBLIC_URL: httpUrl.optional(),
    TRUSTED_PROXIES: proxiesSchema.default(['loopback']),
    ACCORD_ENCRYPTION_KEY: keySchema.optional(),
    ACCORD_ENCRYPTION_KEYS: keysSchema.optional(),
    LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
    TEMPORAL_UI_URL: httpUrl.optional(),
    TASK_QUEUE_PREFIX: z
      .string()
      .regex(/^[\w.-]+$/, 'must be letters, digits, dots and hyphens')
      .default('accord'),
    WORKER_ROLES: rolesSchema(roles).optional(),
    WORKER_METRICS_ADDRESS: addressSchema.optional(),
    WORKFLOW_BUNDLE: z.string().optional(),
    // The default of `notify.slack.urlVariable`. `readNotify` checks it.
    SLACK_WEBHOOK_URL: z.string().optional(),
    ACCORD_SANDBOXES: sandboxesSchema.optional(),
  });
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
  .transform((url) => url.replace(/\/+$/, ''));

/** Up to an hour. */
const seconds = numberBetween(0, 3_600);

const proxyNames = ['loopback', 'linklocal', 'uniquelocal'];

const proxiesSchema = z
  .string()
  .transform((text) => text.split(',').map((proxy) => proxy.trim()))
  .refine((proxies) => proxies.every((proxy) => proxyNames.includes(proxy) || isSubnet(proxy)), {
    error: `must be IP addresses, subnets such as 10.0.0.0/8, or ${proxyNames.join(', ')}, separated by commas`,
  });

function isSubnet(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const maxBits = { 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return maxBits > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits));
}

/** `127.0.0.1:9464`, or `[::1]:9464`. */
const addressSchema = z
  .string()
  .refine((text) => /:\d+$/.test(text) && URL.canParse(`http://${text}`), 'must be an address and a port, such as 127.0.0.1:9464')
  .transform((text) => {
    const { hostname, port } = new URL(`http://${text}`);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
  });

const keySchema = z
  .base64('must be base64')
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes in base64: openssl rand -base64 32');

const keyId = /^[\w.-]{1,64}$/;

/** `2026-11:base64, 2025-03:base64`, newest first. */
const keysSchema = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim().split(':')))
  .refine((parts) => parts.every(({ length, 0: id = '' }) => length === 2 && keyId.test(id)), {
    error: 'must be <id>:<key>, separated by commas; an id has letters, digits, dots and hyphens',
    abort: true,
  })
  .transform((parts) => parts.map(([id = '', key = '']) => ({ id, key })))
  .pipe(z.array(z.object({ id: z.string(), key: keySchema })))
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'must have each id once');

const sandboxLink = z.strictObject({
  id: z.string(),
  title: z.string(),
  control: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
});

/** Set by `accord up` only: the sandboxes that the admin pages show. JSON, because it is no setting that a person writes. */
const sandboxesSchema = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(sandboxLink));

function rolesSchema(roles: string[] | null) {
  const role = z.string().refine((name) => roles === null || roles.includes(name), {
    error: ({ input }) => `has the unknown role "${input}": use ${roles?.join(', ')}${suggest(String(input), roles ?? [])}`,
  });
  return z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(role));
}

function wholeNumber(min: number, max: number, byDefault: number) {
  return numberBetween(min, max).default(byDefault);
}

function numberBetween(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, error).transform(Number).pipe(z.int(error).min(min, error).max(max, error));
}
