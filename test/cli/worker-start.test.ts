import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { waitUntil } from '#dev/wait-until.ts';
import { createTcpGate, type TcpGate } from '#test/api/tcp-gate.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';

const database = useDatabase();
let gate: TcpGate;
beforeAll(async () => {
  const [host = '', port] = (process.env.ACCORD_TEST_TEMPORAL_ADDRESS ?? '').split(':');
  gate = await createTcpGate({ host, port: Number(port) });
  await gate.shut();
});

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts a worker whose Temporal server is behind the gate. Resolves once it has found no server. */
async function startWorker(): Promise<{ child: ChildProcess; lines(): string[] }> {
  const child = spawn(process.execPath, ['src/cli/accord.ts', '--no-env-file', 'worker'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...{ NODE_OPTIONS: '', DATABASE_URL: database.url, TEMPORAL_ADDRESS: `${gate.host}:${gate.port}`, LOG_LEVEL: 'info' },
      ...{ TASK_QUEUE_PREFIX: `start-${process.pid}`, WORKFLOW_BUNDLE: process.env.ACCORD_TEST_WORKFLOW_BUNDLE },
      ...{ ACCORD_ENCRYPTION_KEY: testEncryptionKey.toString('base64'), ACCORD_PROFILE: '' },
    },
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const lines = () => output.split('\n').filter((line) => line !== '');
  await waitUntil('the first attempt', async () => expect(output).toContain('Temporal does not answer'), { timeoutMs: 30_000 });
  return { child, lines };
}

const isJson = (line: string): boolean => line.startsWith('{') && line.endsWith('}');

it('a worker waits for Temporal, starts when it answers, stops without a fault, and logs nothing but JSON', async () => {
  const { child, lines } = await startWorker();
  await gate.open();
  await waitUntil('the worker', async () => expect(lines().join()).toContain('Worker ready'), { timeoutMs: 60_000 });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(lines().filter((line) => !isJson(line))).toEqual([]);
  await gate.shut();
}, 120_000);

it('a worker that waits for Temporal stops at once', async () => {
  const { child, lines } = await startWorker();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(lines().filter((line) => !isJson(line))).toEqual([]);
}, 60_000);
