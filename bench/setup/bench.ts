import { Client, Connection } from '@temporalio/client';
import { migrateToLatest } from '#db/migrate.ts';
import { callJson } from '#dev/call-json.ts';
import { ensureDatabase } from '#dev/postgres/databases.ts';
import { databaseUrl } from '#dev/postgres/embedded-postgres.ts';
import { type Stack, startStack } from '#dev/stack/stack.ts';
import { stackPaths } from '#dev/stack/stack-folder.ts';
import { type AccordYaml, openTemporaryFolder } from '#dev/stack/temporary-stack.ts';
import { providers } from '#providers/index.ts';
import { sandboxes } from '#sandbox/index.ts';
import { twoProviders } from './two-providers.ts';

export interface BenchOptions {
  /** Takes a third of the time and is less reliable. */
  quick: boolean;
  say(line: string): void;
}

/** The stack as `npm start` runs it, connected to two providers, and the means to add parts. */
export interface Bench extends BenchOptions, AsyncDisposable {
  stack: Stack;
  temporal: Client;
  encryptionKey: string;
  /** Folder for the logs of the processes that a figure starts. */
  logs: string;
  /** Creates a migrated database on the same server. Returns its URL. */
  createDatabase(name: string): Promise<string>;
}

/** Starts the stack in its own folder, on its own ports: it does not affect a running stack, and leaves nothing behind. */
export async function openBench(options: BenchOptions): Promise<Bench> {
  const cleanUp = new AsyncDisposableStack();
  try {
    const folder = cleanUp.adopt(await openTemporaryFolder('accord-bench', changeConfig), (each) => each.remove());
    const { directory, state } = folder;
    process.env.ACCORD_CONFIG = folder.config;

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
 * Rates never bind, because the benchmark measures the machine and not the limits of accounts. No schedule ever runs during a figure:
 * figures about polls and passes start them.
 */
function changeConfig(config: AccordYaml): void {
  const unbound = { rate: { requestsPerSecond: 10_000, burst: 10_000 }, concurrency: 50 };
  for (const account of Object.values<object>(config.profiles.sandbox.accounts)) Object.assign(account, unbound);
  config.newAccounts = 'live';
  const never = '0 0 29 2 *';
  const polled = providers.filter(({ pollSchedule }) => pollSchedule !== undefined);
  config.schedules = { reconcile: never, poll: Object.fromEntries(polled.map(({ id }) => [id, never])) };
}

/** The same on the vendors' side: no quota binds, and writes show at once. A figure that waits for a vendor measures the sandbox. */
export async function liftVendorLimits(accounts: Stack['sandboxes']): Promise<void> {
  for (const { id, presets } of sandboxes) {
    const body = { ...presets.unlimited, ...presets.immediate };
    await callJson(`${accounts[id].control}/settings`, { method: 'PATCH', body });
  }
}
