import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { testEncryptionKey } from './provider-settings.ts';

/** The servers and queues that a process uses. */
export interface ProcessDependencies {
  databaseUrl: string;
  taskQueuePrefix: string;
  temporalAddress: string;
}

const exitWithParent = fileURLToPath(new URL('../../src/dev/processes/exit-with-parent.ts', import.meta.url));

/** Where an api listens, or a worker serves its metrics. */
const readyMessage = z.object({ url: z.string().optional(), metricsUrl: z.string().nullish() });

export interface AccordProcess {
  child: ChildProcess;
  url?: string | undefined;
  metricsUrl?: string | null | undefined;
}

/** As `startAccordProcess`, with the addresses that it reports, and everything that it writes, line by line. */
export async function startLoggedProcess(
  name: 'api' | 'worker',
  dependencies: ProcessDependencies,
  env: Record<string, string>,
  onLine: (line: string) => void,
): Promise<AccordProcess> {
  const child = launch(name, dependencies, { env, root: '.', output: 'pipe' });
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', onLine);
  return { child, ...readyMessage.parse(await untilReady(name, child)) };
}

/** Starts Accord's API or worker by its command, as in production. `root` has another build of Accord. Resolves when it is ready. */
export async function startAccordProcess(
  name: 'api' | 'worker',
  dependencies: ProcessDependencies,
  env: Record<string, string> = {},
  root = '.',
): Promise<ChildProcess> {
  const child = launch(name, dependencies, { env, root, output: 'ignore' });
  await untilReady(name, child);
  return child;
}

function launch(
  name: 'api' | 'worker',
  { databaseUrl, taskQueuePrefix, temporalAddress }: ProcessDependencies,
  { env, root, output }: { env: Record<string, string>; root: string; output: 'ignore' | 'pipe' },
): ChildProcess {
  const script = resolve(root, 'src/cli/accord.ts');
  return spawn(process.execPath, ['--import', exitWithParent, script, '--no-env-file', name], {
    cwd: root,
    stdio: ['ignore', output, output === 'pipe' ? 'pipe' : 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...{ NODE_OPTIONS: '', ACCORD_PROFILE: 'sandbox', LOG_LEVEL: 'fatal', PORT: '0' },
      ...{ DATABASE_URL: databaseUrl, TASK_QUEUE_PREFIX: taskQueuePrefix, TEMPORAL_ADDRESS: temporalAddress },
      ...{ ACCORD_ENCRYPTION_KEY: testEncryptionKey.toString('base64') },
      ...{ WORKFLOW_BUNDLE: process.env.ACCORD_TEST_WORKFLOW_BUNDLE, ...env },
    },
  });
}

async function untilReady(name: string, child: ChildProcess): Promise<unknown> {
  const exited = once(child, 'exit').then(() => Promise.reject(new Error(`The ${name} ended before it was ready`)));
  const [message] = await Promise.race([once(child, 'message'), exited]);
  return message;
}

/** Sends SIGKILL. Resolves when the process has ended. */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
