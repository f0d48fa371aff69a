import { type ChildProcess, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { type Database, openDatabase } from '#db/database.ts';
import type { AccountsOf } from '#dev/stack/sandboxes.ts';
import { stackEnvironment } from '#dev/stack/stack-environment.ts';
import { sandboxes as all } from '#sandbox/index.ts';
import { createTestDatabase } from '#test/setup/database.ts';
import { killProcess, startAccordProcess } from '#test/setup/processes.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { aimWebhooks, closeSandboxes, type Sandboxes, startSandboxes } from '#test/setup/sandboxes.ts';
import { findCaddy, startCaddy } from './caddy.ts';
import { apiPort, type Edge, loopbackAddress, startSimpleEdge } from './edge.ts';

/** One of the processes of an installation, which keeps its address. */
export interface Slot {
  name: 'api' | 'worker';
  /** Where it listens. */
  env: Record<string, string>;
  /** Starts the process, of another build if `root` has one. */
  start(root?: string): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM, as a deploy sends it. Resolves when the process has ended. */
  stop(): Promise<void>;
}

/** Accord with two of each process behind one address, all vendors, web forms and its own database. */
export interface Installation {
  db: Database;
  databaseUrl: string;
  taskQueuePrefix: string;
  temporal: Client;
  sandboxes: Sandboxes;
  edge: Edge;
  apis: [Slot, Slot];
  workers: [Slot, Slot];
  /** The environment of a command, of another build if `root` has one. */
  envOf(root?: string): Promise<Record<string, string>>;
  /** Runs a command of Accord. Resolves to what it prints. */
  run(args: string[], root?: string): Promise<string>;
  close(): Promise<void>;
}

const ids = ['gohighlevel', 'square', 'google', 'calltools'];

export interface InstallationOptions {
  /** URL of an existing database, which the caller drops; one of the test run by default. */
  databaseUrl?: string;
}

/** Prepares everything and starts no process of Accord. */
export async function openInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const cleanUp = new AsyncDisposableStack();
  const taskQueuePrefix = `shape-${randomBytes(4).toString('hex')}`;
  const temporalAddress = String(process.env.ACCORD_TEST_TEMPORAL_ADDRESS);
  const created = options.databaseUrl ? null : cleanUp.adopt(await createTestDatabase(), (each) => each.drop());
  const databaseUrl = options.databaseUrl ?? created?.url ?? '';
  const db = cleanUp.adopt(openDatabase({ url: databaseUrl, poolSize: 4, onError: () => {} }), (each) => each.destroy());
  const connection = cleanUp.adopt(await Connection.connect({ address: temporalAddress }), (each) => each.close());
  const edge = cleanUp.adopt(await (findCaddy() ? startCaddy() : startSimpleEdge()), (each) => each.close());
  const sandboxes = cleanUp.adopt(await startSandboxes(ids), closeSandboxes);
  aimWebhooks(sandboxes, edge.url);
  const directory = cleanUp.adopt(await mkdtemp(join(tmpdir(), 'accord-shape-')), (each) => rm(each, { recursive: true }));
  const addresses = { api: edge.url, database: databaseUrl, temporal: temporalAddress, temporalUi: 'http://127.0.0.1:8233' };
  const env = stackEnvironment(addresses, accountsOf(sandboxes), testEncryptionKey.toString('base64'));
  const envOf = async (root = '.') => ({
    ...strings(env),
    ...{ ACCORD_CONFIG: await writeConfig(directory, root), PUBLIC_URL: edge.url, TRUSTED_PROXIES: 'loopback', NODE_OPTIONS: '' },
    ...{ TASK_QUEUE_PREFIX: taskQueuePrefix, LOG_LEVEL: 'fatal' },
    ...(root !== '.' && { WORKFLOW_BUNDLE: join(root, 'dist/workflow-bundle.js') }),
  });
  const dependencies = { databaseUrl, taskQueuePrefix, temporalAddress };
  const slots: Slot[] = [];
  cleanUp.defer(() => Promise.all(slots.map((slot) => slot.kill())).then(() => {}));
  for (const name of ['api', 'api', 'worker', 'worker'] as const) {
    const address = loopbackAddress();
    if (name === 'api') edge.apis.push(address);
    const place = { API_HOST: address, PORT: String(apiPort) };
    const launch = async (root?: string) => startAccordProcess(name, dependencies, { ...(await envOf(root)), ...place }, root);
    slots.push(createSlot(name, place, launch));
  }
  const [api1, api2, worker1, worker2] = slots as [Slot, Slot, Slot, Slot];
  return {
    ...{ db, databaseUrl, taskQueuePrefix, sandboxes, edge, envOf },
    async run(args, root = '.') {
      const command = ['src/cli/accord.ts', '--no-env-file', ...args];
      const { stdout } = await promisify(execFile)(process.execPath, command, {
        cwd: root,
        env: { ...process.env, ...(await envOf(root)) },
      });
      return stdout;
    },
    temporal: new Client({ connection }),
    apis: [api1, api2],
    workers: [worker1, worker2],
    close: () => cleanUp.disposeAsync(),
  };
}

function createSlot(name: Slot['name'], env: Slot['env'], launch: (root?: string) => Promise<ChildProcess>): Slot {
  let child: ChildProcess | null = null;
  return {
    ...{ name, env },
    async start(root) {
      child = await launch(root);
    },
    async kill() {
      if (child) await killProcess(child);
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** SIGTERM and a new start, one process after the other, as `docker compose up` replaces containers. */
export async function restartRolling(slots: readonly Slot[], root?: string): Promise<void> {
  for (const slot of slots) {
    await slot.stop();
    await slot.start(root);
  }
}

function accountsOf(running: Sandboxes): AccountsOf<typeof all> {
  const started: Record<string, { controlUrl: string; info(): object }> = running;
  const accounts = all.map(({ id, account }) => {
    const each = started[id];
    if (!each) throw new Error(`The sandbox ${id} does not run`);
    return [id, account.parse({ control: each.controlUrl, ...each.info() })];
  });
  return Object.fromEntries(accounts) as AccountsOf<typeof all>;
}

/** The accord.yaml of a build, with rates that never bind, accounts that are live, and a form that everybody may submit. */
async function writeConfig(directory: string, root: string): Promise<string> {
  const config = parse(await readFile(join(root, 'accord.yaml'), 'utf8'));
  const unbound = { rate: { requestsPerSecond: 10_000, burst: 10_000 }, concurrency: 50 };
  for (const account of Object.values<object>(config.profiles.sandbox.accounts)) Object.assign(account, unbound);
  // An older build knows no modes: all its accounts are live.
  if ('newAccounts' in config) config.newAccounts = 'live';
  // The test runs full passes itself.
  config.schedules.reconcile = '0 0 29 2 *';
  config.accounts.webform.forms.contact.rateLimit = { submissions: 10_000, minutes: 1 };
  const path = join(directory, `accord-${root.replaceAll(/\W/g, '')}.yaml`);
  await writeFile(path, stringify(config));
  return path;
}

function strings(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
