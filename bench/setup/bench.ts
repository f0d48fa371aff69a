import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { migrateToLatest } from '#db/migrate.ts';
import { callJson } from '#dev/call-json.ts';
import { databaseUrl, ensureDatabase, removePostgresData } from '#dev/postgres/embedded-postgres.ts';
import { freePort } from '#dev/processes/ports.ts';
import { type Stack, startStack } from '#dev/stack/stack.ts';
import { openStackFolder, stackPaths } from '#dev/stack/stack-folder.ts';
import { readStackState } from '#dev/stack/stack-state.ts';
import { providers } from '#providers/index.ts';
import { sandboxes } from '#sandbox/index.ts';
import { twoProviders } from './two-providers.ts';

export interface BenchOptions {
  /** A third of the time, and less to rely on. */
  quick: boolean;
  say(line: string): void;
}

/** What every figure stands on: the whole stack as `npm start` runs it, for two providers, and room for more of its parts. */
export interface Bench extends BenchOptions, AsyncDisposable {
  stack: Stack;
  temporal: Client;
  encryptionKey: string;
  /** For the logs of what a figure starts by itself. */
  logs: string;
  /** A fresh, migrated database of the same server. Returns its URL. */
  createDatabase(name: string): Promise<string>;
}

/** In a folder of its own, on ports of its own: a stack that a person has running stays untouched, and nothing is left behind. */
export async function openBench(options: BenchOptions): Promise<Bench> {
  const cleanUp = new AsyncDisposableStack();
  try {
    const directory = await mkdtemp(join(tmpdir(), 'accord-bench-'));
    cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
    const folder = await openStackFolder(directory, { fresh: false });
    cleanUp.defer(() => folder.release());
    cleanUp.defer(() => removePostgresData(stackPaths(directory).postgres));
    process.env.ACCORD_CONFIG = await writeConfig(directory);
    const { state } = await readStackState(directory);
    for (const name of Object.keys(state.ports)) state.ports[name] = await freePort();

    const part = { env: twoProviders, started() {}, onProcess() {}, fill: liftVendorLimits };
    const stack = await startStack({ ...part, directory, state, say: options.say });
    cleanUp.defer(() => stack.stop());
    const connection = await Connection.connect({ address: stack.temporal });
    cleanUp.defer(() => connection.close());
    return {
      ...options,
      stack,
      temporal: new Client({ connection }),
      encryptionKey: state.encryptionKey,
      logs: stackPaths(directory).logs,
      async createDatabase(name) {
        const server = { port: state.ports.postgres, password: state.postgresPassword };
        await ensureDatabase(server, name);
        await migrateToLatest(databaseUrl(server, name));
        return databaseUrl(server, name);
      },
      [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
    };
  } catch (error) {
    await cleanUp.disposeAsync();
    throw error;
  }
}

/**
 * The machine is measured, not what accounts are allowed: accord.yaml as it is, with rates that never bind. What runs by the clock
 * never does, lest it falls into a figure: those that are about polls and passes start them.
 */
async function writeConfig(directory: string): Promise<string> {
  const config = parse(await readFile(new URL('../../accord.yaml', import.meta.url), 'utf8'));
  const unbound = { rate: { requestsPerSecond: 10_000, burst: 10_000 }, concurrency: 50 };
  for (const account of Object.values<object>(config.profiles.sandbox.accounts)) Object.assign(account, unbound);
  const never = '0 0 29 2 *';
  const polled = providers.filter(({ pollSchedule }) => pollSchedule !== undefined);
  config.schedules = { reconcile: never, poll: Object.fromEntries(polled.map(({ id }) => [id, never])) };
  const path = join(directory, 'accord.yaml');
  await writeFile(path, stringify(config));
  return path;
}

/** The same on the vendors' side: no quota binds, and writes show at once. A figure that waits for a vendor measures the sandbox. */
export async function liftVendorLimits(accounts: Stack['sandboxes']): Promise<void> {
  for (const { id, presets } of sandboxes) {
    const body = { ...presets.unlimited, ...presets.immediate };
    await callJson(`${accounts[id].control}/settings`, { method: 'PATCH', body });
  }
}
