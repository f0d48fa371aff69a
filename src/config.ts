import { z } from 'zod';
import type { AccordYaml } from './config/accord-yaml.ts';
import { toProviders, withFurtherAccounts, withRenamedVariables } from './config/accounts.ts';
import type { ConfigFile } from './config/config-file.ts';
import { explainAbsence, toConnected } from './config/connected.ts';
import {
  type ConnectableAccount,
  type ConnectedAccount,
  findRealAccounts,
  type NotConnected,
  sandboxProfile,
  toConnectable,
} from './config/connections.ts';
import { readCustomFields } from './config/custom-fields.ts';
import { type Environment, type Need, readEnvironment, withoutBlanks } from './config/environment.ts';
import { type Notify, readNotify } from './config/notify.ts';
import { readAccordYaml } from './config/read-accord-yaml.ts';
import { readSecrets } from './config/secrets.ts';
import { findShared, findStrayPrefixes } from './config/workspaces/compare.ts';
import { environmentOf, findMisplaced, withPrefix } from './config/workspaces/environment.ts';
import { defaultName, explainName, listWorkspaces, workspaceFile } from './config/workspaces/names.ts';
import { deriveKey, type SealingKey } from './db/seal.ts';
import type { DatabaseTimeouts } from './db/timeouts.ts';
import type { Audience } from './domain/audience.ts';
import type { DeleteRules } from './domain/deletes/delete-policy.ts';
import type { ConflictRules } from './domain/merge/conflict.ts';
import { providers as builtIn } from './providers/index.ts';
import type { Provider } from './providers/provider.ts';
import { withCustomFields } from './providers/with-custom-fields.ts';

export interface Config {
  /** Null for the default workspace. */
  workspace: Workspace | null;
  /** Null when `DATABASE_URL` is unset. */
  database: { url: string; poolSize: number; timeouts: Partial<DatabaseTimeouts> } | null;
  /** `trustedProxies`: proxies whose X-Forwarded-For header is believed. */
  http: { host: string; port: number; publicUrl: string; trustedProxies: string[] };
  /** Without the server's address: `@temporalio/envconfig` reads `TEMPORAL_*` itself. */
  temporal: { uiUrl: string | null; taskQueuePrefix: string };
  /** Encrypts OAuth tokens and endpoint secrets; null when neither `ACCORD_ENCRYPTION_KEY` nor `ACCORD_ENCRYPTION_KEYS` is set. */
  encryptionKey: SealingKey | null;
  logLevel: Environment['LOG_LEVEL'];
  /** The sandboxes of `npm start`; empty in production. */
  sandboxes: NonNullable<Environment['ACCORD_SANDBOXES']>;
  /** The roles of this worker: `workflows`, `delivery` and provider ids. Null for all roles. */
  workerRoles: string[] | null;
  /** Where this worker serves its metrics; null for nowhere. */
  workerMetrics: { host: string; port: number } | null;
  /** The path of the workflow bundle that `npm run build` wrote; null to bundle at start. */
  workflowBundle: string | null;
  /** Every account, connected or not: the first one of each vendor, and the further ones of accord.yaml. */
  providers: readonly Provider[];
  /** The accounts whose secrets are set, by account id. */
  accounts: Record<string, ConnectedAccount>;
  notConnected: NotConnected[];
  /** The accounts that people may connect while Accord runs, connected or not, by account id. */
  connectable: Record<string, ConnectableAccount>;
  audiences: Audience[];
  /** The mode of an account that is connected for the first time. */
  newAccounts: AccordYaml['newAccounts'];
  sharing: Readonly<Record<string, 'everyone' | 'linked'>>;
  conflicts: ConflictRules;
  deletes: DeleteRules;
  matching: AccordYaml['matching'];
  /** The names of the extras. */
  extras: string[];
  schedules: AccordYaml['schedules'];
  webhooks: AccordYaml['webhooks'];
  retentionDays: AccordYaml['retentionDays'];
  /** Recipients of messages about incidents. */
  notify: Notify;
  /** The file that these settings came from. */
  file: ConfigFile;
}

/** A client of an agency, with a database, a Temporal namespace, accounts and API keys of its own. */
export interface Workspace {
  name: string;
  /** `TEMPORAL_*`, which `@temporalio/envconfig` reads instead of those of the environment. */
  temporal: Record<string, string>;
}

export type { ConnectedAccount } from './config/connections.ts';

export interface LoadOptions<N extends Need> {
  env?: Record<string, string | undefined>;
  /** The settings that this process requires; they are never null in the result. */
  need?: readonly N[];
  /** The vendors, each with its first account. */
  providers?: readonly Provider[];
  /** Null for the default workspace. By default that of `ACCORD_WORKSPACE`. */
  workspace?: string | null;
}

export type ConfigWith<N extends Need> = Readonly<Config> & { readonly [K in N]: NonNullable<Config[K]> };

/**
 * Reads the environment and accord.yaml into one validated, frozen object. Throws a `ConfigError` that lists every problem by
 * variable or by line of the file. It repeats no value, which may be a secret.
 */
export function loadConfig<const N extends Need = never>(options: LoadOptions<N> = {}): ConfigWith<N> {
  const { env = process.env, need = [], providers: vendors = builtIn } = options;
  const problems: string[] = [];
  const problemsOfFile: string[] = [];
  const all = withoutBlanks(env);
  const workspace = options.workspace === undefined ? chosenWorkspace(all) : options.workspace;
  const given = workspace === null ? all : environmentOf(workspace, all);
  const file = { path: given.ACCORD_CONFIG ?? 'accord.yaml', profile: given.ACCORD_PROFILE ?? null };
  const { yaml, text, accountIds } = readAccordYaml({ ...file, vendors, problems: problemsOfFile });
  const names = Object.fromEntries(Object.entries(yaml?.accounts ?? {}).map(([id, account]) => [id, findName(account)]));
  const listed = toProviders(vendors, { ids: accountIds, names, given });
  const known =
    workspace === null ? listed : listed.map((each) => withRenamedVariables(each, (text) => withPrefix(text, workspace, all)));
  const mapped = yaml === null ? {} : readCustomFields(yaml, known);
  const providers = known.map((provider) => withCustomFields(provider, mapped[provider.id] ?? {}));
  const providerIds = providers.map(({ id }) => id);
  const environment = readEnvironment(given, { need, providerIds: workspace === null ? providerIds : null, problems });
  problems.push(...problemsOfFile);
  const secrets = readSecrets(given, providers, problems);
  if (given.ACCORD_PROFILE === sandboxProfile) problems.push(...findRealAccounts(secrets, providers, given));
  const accounts = yaml === null ? {} : toConnected(yaml, { secrets, providers, problems });
  const notify = yaml === null ? null : readNotify(yaml.notify, given, problems);
  if (workspace !== null) problems.push(...findMisplaced(workspace, all));
  if (problems.length > 0 || environment === null || yaml === null || notify === null)
    throw new ConfigError(workspace === null ? problems : problems.map((problem) => withPrefix(problem, workspace, all)));
  const audiences = toAudiences(yaml);
  const config: Omit<Config, 'providers'> = {
    workspace: workspace === null ? null : { name: workspace, temporal: temporalVariables(given) },
    ...toCoreSettings(environment, workspace),
    accounts,
    notConnected: providers
      .filter(({ id }) => !(id in accounts))
      .map((provider) => explainAbsence(provider, { audiences, given }))
      .map((each) => (workspace === null ? each : { ...each, because: withPrefix(each.because, workspace, all) })),
    connectable: toConnectable(yaml, accounts, given, providers),
    audiences,
    newAccounts: yaml.newAccounts,
    sharing: yaml.sharing,
    conflicts: { ...yaml.conflicts, order: withFurtherAccounts(yaml.conflicts.order, providers) },
    deletes: yaml.deletes,
    matching: yaml.matching,
    extras: Object.keys(yaml.extras),
    schedules: yaml.schedules,
    webhooks: yaml.webhooks,
    retentionDays: yaml.retentionDays,
    notify: workspace === null ? notify : { ...notify, closed: notify.closed.map((each) => withPrefix(each, workspace, all)) },
    file: { ...file, text },
  };
  // `readEnvironment` has checked that the settings in `need` are set.
  return Object.freeze({ ...deepFreeze(config), providers }) as ConfigWith<N>;
}

/**
 * The configuration of the default workspace, and those of the others in the order of their names. Throws a `ConfigError` with the
 * problems of all of them: a process that served only some of its workspaces would lose webhooks of the others.
 */
export function loadWorkspaces<const N extends Need = never>(
  options: Omit<LoadOptions<N>, 'workspace'> = {},
): { main: ConfigWith<N>; others: ConfigWith<N>[] } {
  const { env = process.env, providers: vendors = builtIn } = options;
  const given = withoutBlanks(env);
  const { names, problems } = listWorkspaces(given);
  const load = (workspace: string | null) => collectProblems(() => loadConfig({ ...options, workspace }), problems);
  const main = load(null);
  const others = names.map(load).filter((config) => config !== null);
  problems.push(...findStrayPrefixes(given, names, vendors));
  if (main !== null) problems.push(...findShared(given, [main, ...others]));
  if (main === null || problems.length > 0) throw new ConfigError(problems);
  return { main, others };
}

function collectProblems<C>(load: () => C, problems: string[]): C | null {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

const named = z.object({ name: z.string() });

function findName(account: unknown): string | undefined {
  return named.safeParse(account).data?.name;
}

/** Every problem of the configuration; the message is for the operator. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const opening = problems.length === 1 ? 'One setting is wrong:' : `${problems.length} settings are wrong:`;
    super([opening, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** The workspace of `ACCORD_WORKSPACE`, which must exist; null for the default one. */
function chosenWorkspace(given: Record<string, string>): string | null {
  const { ACCORD_WORKSPACE: name = defaultName } = given;
  if (name === defaultName) return null;
  const { names } = listWorkspaces(given);
  if (names.includes(name)) return name;
  const reason = explainName(name) ?? `there is no ${workspaceFile(name, given)}: run accord workspaces add ${name}`;
  throw new ConfigError([`The workspace "${name}" does not exist: ${reason}`]);
}

function temporalVariables(given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('TEMPORAL_')));
}

function toCoreSettings(
  environment: Environment,
  workspace: string | null,
): Pick<
  Config,
  | 'database'
  | 'http'
  | 'temporal'
  | 'encryptionKey'
  | 'logLevel'
  | 'sandboxes'
  | 'workerRoles'
  | 'workerMetrics'
  | 'workflowBundle'
> {
  const { DATABASE_URL: url, API_HOST: host, PORT: port } = environment;
  return {
    database: url === undefined ? null : { url, poolSize: environment.DATABASE_POOL_SIZE, timeouts: toTimeouts(environment) },
    http: {
      host,
      port,
      publicUrl: environment.PUBLIC_URL ?? `http://${host}:${port}`,
      trustedProxies: environment.TRUSTED_PROXIES,
    },
    temporal: { uiUrl: environment.TEMPORAL_UI_URL ?? null, taskQueuePrefix: environment.TASK_QUEUE_PREFIX },
    encryptionKey: toSealingKey(environment, workspace),
    logLevel: environment.LOG_LEVEL,
    sandboxes: environment.ACCORD_SANDBOXES ?? [],
    workerRoles: environment.WORKER_ROLES ?? null,
    workerMetrics: environment.WORKER_METRICS_ADDRESS ?? null,
    workflowBundle: environment.WORKFLOW_BUNDLE ?? null,
  };
}

function toTimeouts(environment: Environment): Partial<DatabaseTimeouts> {
  const {
    DATABASE_STATEMENT_TIMEOUT: statement,
    DATABASE_LOCK_TIMEOUT: lock,
    DATABASE_IDLE_TRANSACTION_TIMEOUT: idleTransaction,
  } = environment;
  return {
    ...(statement !== undefined && { statement }),
    ...(lock !== undefined && { lock }),
    ...(idleTransaction !== undefined && { idleTransaction }),
  };
}

/** Keys with ids encrypt. Beside them, the key without an id only decrypts values from before they were set. */
function toSealingKey(
  { ACCORD_ENCRYPTION_KEY: single, ACCORD_ENCRYPTION_KEYS: keys }: Environment,
  workspace: string | null,
): SealingKey | null {
  const key = keys === undefined ? (single ?? null) : { keys, unnamed: single ?? null };
  return key === null || workspace === null ? key : deriveKey(key, `accord/workspace/${workspace}`);
}

function toAudiences({ audiences }: AccordYaml): Audience[] {
  return Object.entries(audiences).map(([name, rules]) => ({ name, ...rules }));
}

/** Skips buffers, which JavaScript cannot freeze. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
