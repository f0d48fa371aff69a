import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { migrateToLatest } from '#db/migrate.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { createTcpGate, type TcpGate } from '#test/api/tcp-gate.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { createEmptyDatabase } from '#test/setup/database.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';

const database = useDatabase();
let gate: TcpGate;
beforeAll(async () => {
  const [host = '', port] = (process.env.ACCORD_TEST_TEMPORAL_ADDRESS ?? '').split(':');
  gate = await createTcpGate({ host, port: Number(port) });
  await gate.shut();
});
// Jest does not exit while a gate is open.
afterAll(() => gate.shut());

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts a worker whose Temporal server is behind the gate. The address ends like a line of a file. Resolves once it has logged `line`. */
async function startWorker(
  line: string,
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; lines(): string[]; logged(line: string): Promise<void> }> {
  const child = spawn(process.execPath, ['src/cli/accord.ts', '--no-env-file', 'worker'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...{ NODE_OPTIONS: '', DATABASE_URL: database.url, TEMPORAL_ADDRESS: `${gate.host}:${gate.port}\n`, LOG_LEVEL: 'info' },
      ...{ TASK_QUEUE_PREFIX: `start-${process.pid}`, WORKFLOW_BUNDLE: process.env.ACCORD_TEST_WORKFLOW_BUNDLE },
      ...{ ACCORD_ENCRYPTION_KEY: testEncryptionKey.toString('base64'), ACCORD_PROFILE: '', ...env },
    },
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const lines = () => output.split('\n').filter((line) => line !== '');
  const logged = (line: string) => waitUntil(line, async () => expect(output).toContain(line), { timeoutMs: 60_000 });
  await logged(line);
  return { child, lines, logged };
}

const isJson = (line: string): boolean => line.startsWith('{') && line.endsWith('}');

it('a worker waits for Temporal, starts when it answers, stops without a fault, and logs nothing but JSON', async () => {
  const { child, lines, logged } = await startWorker('Temporal does not answer');
  await gate.open();
  await logged('Worker ready');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(lines().filter((line) => !isJson(line))).toEqual([]);
  // Nothing that an operator could act on: the queues of providers have no workflows.
  expect(lines().join()).not.toContain('No workflows registered');
  await gate.shut();
}, 120_000);

it('a worker that waits for Temporal stops at once', async () => {
  const { child, lines } = await startWorker('Temporal does not answer');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(lines().filter((line) => !isJson(line))).toEqual([]);
}, 60_000);

it('a worker waits for the namespace, and for migrations', async () => {
  const empty = await createEmptyDatabase();
  await gate.open();
  const withoutNamespace = await startWorker('Temporal has no namespace nowhere: create it', { TEMPORAL_NAMESPACE: 'nowhere' });
  const notMigrated = await startWorker('The database lacks', {
    DATABASE_URL: empty.url,
    TASK_QUEUE_PREFIX: `late-${process.pid}`,
  });
  await migrateToLatest(empty.url);
  await notMigrated.logged('Worker ready');
  for (const { child } of [withoutNamespace, notMigrated]) {
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }
  await empty.drop();
}, 120_000);

it('a command whose certificate file is missing says so in one sentence', async () => {
  const run = promisify(execFile)(process.execPath, ['src/cli/accord.ts', '--no-env-file', 'worker'], {
    env: {
      ...{ PATH: process.env.PATH, DATABASE_URL: database.url, ACCORD_ENCRYPTION_KEY: testEncryptionKey.toString('base64') },
      ...{
        LOG_LEVEL: 'error',
        TEMPORAL_TLS: 'true',
        TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere.pem',
        TEMPORAL_TLS_CLIENT_KEY_PATH: '/nowhere.pem',
      },
    },
  });
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^accord: The settings of Temporal cannot be used \(.*nowhere\.pem.*\): check.*\n$/),
  });
}, 60_000);
