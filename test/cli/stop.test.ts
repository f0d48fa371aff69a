import { spawn } from 'node:child_process';
import { afterEach, expect, it } from '@jest/globals';
import { waitUntil } from '#dev/wait-until.ts';
import { isAlive } from '#test/setup/is-alive.ts';

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0).filter(isAlive)) process.kill(pid, 'SIGKILL');
});

/** Starts the api, which listens also without its database, and resolves to the process to signal and the one that runs. */
async function startApi(command: string, args: string[]): Promise<{ top: number; api: number }> {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PORT: '0',
    LOG_LEVEL: 'info',
  };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const top = Number(child.pid);
  started.push(top);
  await waitUntil('the api to listen', async () => expect(output).toContain('the api listens'), { timeoutMs: 30_000 });
  const api = Number(/"pid":(\d+)/.exec(output)?.[1]);
  started.push(api);
  return { top, api };
}

it.each([
  ['SIGTERM', 'npm', ['run', 'api']],
  // The end of npm is all that the process learns of.
  ['SIGKILL', 'npm', ['run', 'api']],
  ['SIGTERM', 'npx', ['--no', 'accord', 'api']],
  ['SIGTERM', process.execPath, ['src/cli/accord.ts', 'api']],
  ['SIGHUP', process.execPath, ['src/cli/accord.ts', 'api']],
] as const)(
  '%s to %s leaves no process behind',
  async (signal, command, args) => {
    const { top, api } = await startApi(command, [...args]);
    process.kill(top, signal);
    await waitUntil('every process to end', async () => expect([top, api].filter(isAlive)).toEqual([]), { timeoutMs: 15_000 });
  },
  60_000,
);
