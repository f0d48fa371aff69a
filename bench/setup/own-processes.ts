import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { nodeProcess } from '#dev/processes/node-process.ts';
import { type RunningProcess, startProcess } from '#dev/processes/process.ts';
import { readSandboxAccounts, type SandboxAccounts, sandboxEnvironment } from '#dev/stack/sandboxes.ts';
import { stackEnvironment } from '#dev/stack/stack-environment.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { freePort } from '#free-port.ts';
import { sandboxes } from '#sandbox/index.ts';
import { type Bench, liftVendorLimits } from './bench.ts';
import { twoProviders } from './two-providers.ts';

export interface OwnOptions {
  database: string;
  sandboxes?: SandboxAccounts;
  /** The accounts of the stack by default. */
  providers?: 'two' | 'all';
  /** URL of the API; any free port by default. */
  api?: string;
  env?: Record<string, string>;
}

/** Starts another API or worker beside those of the stack, by its command, with changes to its environment. */
export async function startOwn(
  bench: Bench,
  name: 'api' | 'worker',
  { database, sandboxes: accounts = bench.stack.sandboxes, providers = 'two', api = 'http://127.0.0.1:0', env = {} }: OwnOptions,
): Promise<RunningProcess & { url: string }> {
  let url = '';
  const connected = providers === 'two' ? twoProviders : {};
  const running = await startProcess(
    nodeProcess({
      name,
      script: 'cli/accord.ts',
      args: ['--no-env-file', name],
      logFile: join(bench.logs, `bench-${name}.log`),
      env: { ...stackEnvironment({ ...bench.stack, database, api }, accounts, bench.encryptionKey), ...connected, ...env },
      ready: async (child) => {
        const [message] = await once(child, 'message');
        url = message.url ?? '';
      },
    }),
  );
  return { ...running, url };
}

/** Starts empty sandboxes. By default their webhooks go to the discard port. */
export async function startEmptySandboxes(
  bench: Bench,
  api = 'http://127.0.0.1:9',
): Promise<{ accounts: SandboxAccounts; pid: number; stop(): Promise<void> }> {
  const ports: Record<string, number> = {};
  for (const { id } of sandboxes) ports[id] = await freePort();
  const options = { ports, dataDirectory: join(bench.logs, `sandboxes-${randomUUID()}`), api };
  const running = await startProcess(
    nodeProcess({
      name: 'sandboxes',
      script: 'sandbox/main.ts',
      env: sandboxEnvironment(options),
      logFile: join(bench.logs, 'bench-sandboxes.log'),
      ready: (_child, signal) => waitUntil('the sandboxes to answer', () => readSandboxAccounts(ports, sandboxes), { signal }),
    }),
  );
  const accounts = await readSandboxAccounts(ports, sandboxes);
  await liftVendorLimits(accounts);
  return { accounts, pid: running.pid, stop: () => running.stop() };
}
