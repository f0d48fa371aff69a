import { type AccordYaml, accordYamlSchema } from './config/accord-yaml.ts';
import { type Environment, type Need, readEnvironment, withoutBlanks } from './config/environment.ts';
import { readAccordYaml } from './config/read-accord-yaml.ts';
import { findSecretNames, type ProviderSettings, readSecrets } from './config/secrets.ts';
import type { Audience } from './domain/audience.ts';
import type { ConflictRules } from './domain/conflict.ts';
import { providers as builtIn } from './providers/index.ts';

export interface Config {
  /** Null where `DATABASE_URL` is unset. */
  database: { url: string; poolSize: number } | null;
  /** `trustedProxies` may say in X-Forwarded-For who is calling. */
  http: { host: string; port: number; publicUrl: string; trustedProxies: string[] };
  /** The server's address is not here: `@temporalio/envconfig` reads `TEMPORAL_*` itself. */
  temporal: { uiUrl: string | null; taskQueuePrefix: string };
  /** 32 bytes that encrypt OAuth tokens and subscribers' secrets; null where `ACCORD_ENCRYPTION_KEY` is unset. */
  encryptionKey: Buffer | null;
  logLevel: Environment['LOG_LEVEL'];
  /** `workflows`, `delivery` and provider ids: what this worker runs. Null for everything. */
  workerRoles: string[] | null;
  /** How many workers share the rates of the accounts. */
  workerCopies: number;
  /** Path of the workflows' code that was built ahead; null to build it at the start. */
  workflowBundle: string | null;
  /** By provider id: those whose secrets are set. */
  accounts: Record<string, ConnectedAccount>;
  notConnected: NotConnected[];
  audiences: Audience[];
  sharing: Readonly<Record<string, 'everyone' | 'linked'>>;
  conflicts: ConflictRules;
  schedules: AccordYaml['schedules'];
  webhooks: AccordYaml['webhooks'];
}

/** What the provider's own `accountSchema` and `secretsSchema` made of accord.yaml and the environment. */
export interface ConnectedAccount {
  account: unknown;
  secrets: unknown;
}

export interface NotConnected {
  provider: string;
  /** A sentence that says what to set. */
  because: string;
}

export interface LoadOptions<N extends Need> {
  env?: Record<string, string | undefined>;
  /** What this process cannot start without; in the answer these are never null. */
  need?: readonly N[];
  providers?: readonly ProviderSettings[];
}

export type ConfigWith<N extends Need> = Readonly<Omit<Config, N> & { [K in N]: NonNullable<Config[K]> }>;

/**
 * Environment and accord.yaml as one validated, frozen whole. Throws a `ConfigError` that lists everything that is wrong, by the
 * name of the variable or the line of the file, and repeats no value: it might be a secret.
 */
export function loadConfig<const N extends Need = never>(options: LoadOptions<N> = {}): ConfigWith<N> {
  const { env = process.env, need = [], providers = builtIn } = options;
  const problems: string[] = [];
  const given = withoutBlanks(env);
  const environment = readEnvironment(given, { need, providerIds: providers.map(({ id }) => id), problems });
  const yaml = readAccordYaml({
    path: given.ACCORD_CONFIG ?? 'accord.yaml',
    profile: given.ACCORD_PROFILE ?? null,
    schema: accordYamlSchema(providers),
    problems,
  });
  const secrets = readSecrets(given, providers, problems);
  const accounts = yaml === null ? {} : toAccounts(yaml, secrets, providers, problems);
  if (problems.length > 0 || environment === null || yaml === null) throw new ConfigError(problems);
  const audiences = toAudiences(yaml);
  const config: Config = {
    ...toCoreSettings(environment),
    accounts,
    notConnected: providers.filter(({ id }) => !(id in accounts)).map((provider) => explainAbsence(provider, audiences)),
    audiences,
    sharing: yaml.sharing,
    conflicts: yaml.conflicts,
    schedules: yaml.schedules,
    webhooks: yaml.webhooks,
  };
  return deepFreeze(config) as ConfigWith<N>;
}

/** Thrown once, with every problem in it; the message is for the person who starts the process. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const opening = problems.length === 1 ? 'One setting is wrong:' : `${problems.length} settings are wrong:`;
    super([opening, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function toCoreSettings(
  environment: Environment,
): Omit<Config, 'accounts' | 'notConnected' | 'audiences' | 'sharing' | 'conflicts' | 'schedules' | 'webhooks'> {
  const { DATABASE_URL: url, API_HOST: host, PORT: port } = environment;
  return {
    database: url === undefined ? null : { url, poolSize: environment.DATABASE_POOL_SIZE },
    http: {
      host,
      port,
      publicUrl: environment.PUBLIC_URL ?? `http://${host}:${port}`,
      trustedProxies: environment.TRUSTED_PROXIES,
    },
    temporal: { uiUrl: environment.TEMPORAL_UI_URL ?? null, taskQueuePrefix: environment.TASK_QUEUE_PREFIX },
    encryptionKey: environment.ACCORD_ENCRYPTION_KEY ?? null,
    logLevel: environment.LOG_LEVEL,
    workerRoles: environment.WORKER_ROLES ?? null,
    workerCopies: environment.WORKER_COPIES,
    workflowBundle: environment.WORKFLOW_BUNDLE ?? null,
  };
}

/**
 * A provider without a section in accord.yaml lives by its defaults; one without secrets is left out, whatever its section says.
 * One that needs no secrets is connected by its section alone.
 */
function toAccounts(
  { accounts }: AccordYaml,
  secrets: Map<string, unknown>,
  providers: readonly ProviderSettings[],
  problems: string[],
): Config['accounts'] {
  const connected: Config['accounts'] = {};
  for (const { id, accountSchema, secretsSchema } of providers) {
    if (!secrets.has(id) || (accounts[id] === undefined && findSecretNames(secretsSchema).required.length === 0)) continue;
    const account = accounts[id] === undefined ? accountSchema.safeParse({}) : { success: true as const, data: accounts[id] };
    if (account.success) connected[id] = { account: account.data, secrets: secrets.get(id) };
    else
      problems.push(...account.error.issues.map((issue) => `accord.yaml: accounts.${[id, ...issue.path].join('.')} is missing`));
  }
  return connected;
}

function toAudiences({ audiences }: AccordYaml): Audience[] {
  return Object.entries(audiences).map(([name, rules]) => ({ name, ...rules }));
}

function explainAbsence({ id, name, secretsSchema }: ProviderSettings, audiences: readonly Audience[]): NotConnected {
  const { required } = findSecretNames(secretsSchema);
  const waiting = audiences.filter((audience) => id in audience.then).map((audience) => audience.name);
  const unset = `${and.format(required)} ${required.length === 1 ? 'is' : 'are'} not set (see .env.example)`;
  const reason = `${name} is not connected: ${required.length === 0 ? `accord.yaml has no accounts.${id}` : unset}.`;
  const consequence = waiting.length === 0 ? '' : ` Until then nobody gets there from ${and.format(waiting)}.`;
  return { provider: id, because: reason + consequence };
}

const and = new Intl.ListFormat('en-GB');

/** Buffers stay as they are: the language cannot freeze them. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
