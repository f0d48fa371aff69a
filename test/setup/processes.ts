import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testEncryptionKey } from './provider-settings.ts';

/** The servers and queues that a process uses. */
export interface ProcessDependencies {
  databaseUrl: string;
  taskQueuePrefix: string;
  temporalAddress: string;
}

const exitWithParent = fileURLToPath(new URL('../../src/dev/processes/exit-with-parent.ts', import.meta.url));

/** Starts Accord's API or worker by its command, as in production. `root` has another build of Accord. Resolves when it is ready. */
export async function startAccordProcess(
  name: 'api' | 'worker',
  { databaseUrl, taskQueuePrefix, temporalAddress }: ProcessDependencies,
  env: Record<string, string> = {},
  root = '.',
): Promise<ChildProcess> {
  const script = resolve(root, 'src/cli/accord.ts');
  const child = spawn(process.execPath, ['--import', exitWithParent, script, '--no-env-file', name], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...{ NODE_OPTIONS: '', ACCORD_PROFILE: 'sandbox', LOG_LEVEL: 'fatal', PORT: '0' },
      ...{ DATABASE_URL: databaseUrl, TASK_QUEUE_PREFIX: taskQueuePrefix, TEMPORAL_ADDRESS: temporalAddress },
      ...{ ACCORD_ENCRYPTION_KEY: testEncryptionKey.toString('base64') },
      ...{ WORKFLOW_BUNDLE: process.env.ACCORD_TEST_WORKFLOW_BUNDLE, ...env },
    },
  });
  const exited = once(child, 'exit').then(() => Promise.reject(new Error(`The ${name} ended before it was ready`)));
  await Promise.race([once(child, 'message'), exited]);
  return child;
}

/** Sends SIGKILL. Resolves when the process has ended. */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
