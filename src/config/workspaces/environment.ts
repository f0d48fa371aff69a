import { variablePrefix, workspaceFile, workspacePath } from './names.ts';

type Given = Readonly<Record<string, string>>;

/** Settings of a process, which serves all workspaces: a workspace has none of its own. */
const ofProcess = [
  ...['API_HOST', 'PORT', 'TRUSTED_PROXIES', 'LOG_LEVEL', 'WORKER_ROLES', 'WORKER_METRICS_ADDRESS', 'WORKFLOW_BUNDLE'],
  ...['ACCORD_WORKSPACE', 'ACCORD_WORKSPACES', 'ACCORD_SANDBOXES'],
];

/** Settings that a workspace shares with the default one unless it has its own. Secrets of vendors are never shared. */
const shared = [
  ...['DATABASE_POOL_SIZE', 'DATABASE_STATEMENT_TIMEOUT', 'DATABASE_LOCK_TIMEOUT', 'DATABASE_IDLE_TRANSACTION_TIMEOUT'],
  ...['TASK_QUEUE_PREFIX', 'TEMPORAL_UI_URL'],
];

const encryptionKeys = ['ACCORD_ENCRYPTION_KEY', 'ACCORD_ENCRYPTION_KEYS'];

/** Variables of `@temporalio/envconfig`: the server and the credentials for it. */
const isOfTemporal = (name: string): boolean => name.startsWith('TEMPORAL_') && name !== 'TEMPORAL_NAMESPACE';

/**
 * The environment of a workspace: its own variables, which begin with `ACME__`, and those shared with the default workspace. Its
 * database, its Temporal namespace and its public URL follow from those of the default workspace where it has none of its own.
 */
export function environmentOf(workspace: string, given: Given): Record<string, string> {
  const own = ownVariables(workspace, given);
  const hasOwnKey = encryptionKeys.some((name) => name in own);
  const inherited = Object.entries(given).filter(
    ([name]) => [...ofProcess, ...shared].includes(name) || isOfTemporal(name) || (!hasOwnKey && encryptionKeys.includes(name)),
  );
  return { ...derived(workspace, given), ...Object.fromEntries(inherited), ...own, ACCORD_WORKSPACE: workspace };
}

/** A problem for each variable of a workspace that only a process has. */
export function findMisplaced(workspace: string, given: Given): string[] {
  const prefix = variablePrefix(workspace);
  return ofProcess
    .filter((name) => prefix + name in given)
    .map((name) => `${prefix}${name} has no effect, because one process serves all workspaces: set ${name}`);
}

/** A sentence about the environment of a workspace, with the names that its variables have outside. */
export function withPrefix(sentence: string, workspace: string, given: Given): string {
  const isInherited = (name: string) => isSharable(name) && !(variablePrefix(workspace) + name in given);
  return sentence.replace(/\b[A-Z][A-Z\d]*(_[A-Z\d]+)+\b/g, (name) =>
    isInherited(name) || ofProcess.includes(name) ? name : variablePrefix(workspace) + name,
  );
}

const isSharable = (name: string): boolean => shared.includes(name) || isOfTemporal(name) || encryptionKeys.includes(name);

function ownVariables(workspace: string, given: Given): Record<string, string> {
  const prefix = variablePrefix(workspace);
  const own = Object.entries(given).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

function derived(workspace: string, given: Given): Record<string, string> {
  const { DATABASE_URL, TEMPORAL_NAMESPACE = 'default', PUBLIC_URL, API_HOST = '127.0.0.1', PORT = '8080' } = given;
  const database = DATABASE_URL === undefined ? null : databaseUrlOf(workspace, DATABASE_URL);
  return {
    ...(database !== null && { DATABASE_URL: database }),
    TEMPORAL_NAMESPACE: namespaceOf(workspace, TEMPORAL_NAMESPACE),
    PUBLIC_URL: (PUBLIC_URL ?? `http://${API_HOST}:${PORT}`).replace(/\/+$/, '') + workspacePath(workspace),
    ACCORD_CONFIG: workspaceFile(workspace, given),
  };
}

/** A database beside that of the default workspace: `accord_acme`. Null for a URL that cannot be read. */
function databaseUrlOf(workspace: string, url: string): string | null {
  if (!URL.canParse(url)) return null;
  const own = new URL(url);
  own.pathname += `_${workspace.replaceAll('-', '_')}`;
  return own.href;
}

/** `default-acme`; at Temporal Cloud, where a namespace ends with the id of its account, `prod-acme.a1b2c`. */
function namespaceOf(workspace: string, namespace: string): string {
  const [name, ...account] = namespace.split('.');
  return [`${name}-${workspace}`, ...account].join('.');
}
