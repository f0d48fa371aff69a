import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ProcessSpec, startProcess } from '#dev/processes/process.ts';
import { type Supervised, supervise } from '#dev/processes/supervisor.ts';
import { waitUntil } from '#dev/wait-until.ts';

let directory: string;
let supervised: Supervised | null = null;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'accord-supervisor-'));
});

afterEach(async () => {
  await supervised?.stop();
  supervised = null;
  await rm(directory, { recursive: true, force: true });
});

describe('startProcess', () => {
  it('resolves when the process is ready', async () => {
    const running = await startProcess(idle('worker'));
    expect(isAlive(running.pid)).toBe(true);
    await running.stop();
    expect(await running.ended).toBe('SIGTERM');
  });

  it('throws with the end of the log when the process ends before it is ready', async () => {
    const spec = node('worker', 'console.error("no such bucket"); process.exit(3)');
    await expect(startProcess({ ...spec, ready: () => new Promise(() => {}) })).rejects.toThrow(
      /worker did not start \(exit code 3\).*\nno such bucket/,
    );
  });

  it('throws when the program does not exist', async () => {
    const spec = { ...idle('worker'), command: join(directory, 'nothing') };
    await expect(startProcess(spec)).rejects.toThrow(/worker did not start \(.*ENOENT/);
  });

  it('kills a process that ignores the stop signal', async () => {
    const deaf = node('worker', 'process.on("SIGTERM", () => {}); process.send("ready"); setInterval(() => {}, 1e6)');
    const running = await startProcess({ ...deaf, ready: message });
    await running.stop(50);
    expect(await running.ended).toBe('SIGKILL');
  });
});

describe('supervise', () => {
  it('restarts a process that ends, and reports it in one line', async () => {
    const said: string[] = [];
    const worker = await supervise(idle('worker'), { say: (line) => said.push(line), firstDelayMs: 20 });
    supervised = worker;
    const first = worker.pid;
    process.kill(first, 'SIGKILL');
    await waitUntil('a new process', async () => expect(worker.pid).not.toBe(first));
    expect(isAlive(worker.pid)).toBe(true);
    expect(said).toEqual(['worker ended (SIGKILL); restarting in 0.02 s']);
  });

  it('doubles the delay after each failed start', async () => {
    const said: string[] = [];
    const allowed = join(directory, 'allowed');
    await writeFile(allowed, '');
    const source = `if (!require("node:fs").existsSync(${JSON.stringify(allowed)})) process.exit(1); setInterval(() => {}, 1e6); process.send("ready")`;
    const worker = await supervise(
      { ...node('worker', source), ready: message },
      { say: (line) => said.push(line), firstDelayMs: 5 },
    );
    supervised = worker;
    const first = worker.pid;
    await rm(allowed);
    process.kill(first, 'SIGKILL');
    await waitUntil('a second failure', async () => expect(said.length).toBeGreaterThan(2));
    await writeFile(allowed, '');
    await waitUntil('a new process', async () => expect(worker.pid).not.toBe(first));
    expect(said.slice(0, 3)).toEqual([
      'worker ended (SIGKILL); restarting in 0.005 s',
      'worker did not start; restarting in 0.01 s',
      'worker did not start; restarting in 0.02 s',
    ]);
  });

  it('does not restart a process after stop', async () => {
    const said: string[] = [];
    const worker = await supervise(idle('worker'), { say: (line) => said.push(line), firstDelayMs: 1 });
    await worker.stop();
    expect(isAlive(worker.pid)).toBe(false);
    expect(said).toEqual([]);
    expect(existsSync(join(directory, 'worker.log'))).toBe(true);
  });
});

function idle(name: string): ProcessSpec {
  return node(name, 'setInterval(() => {}, 1e6)');
}

function node(name: string, source: string): ProcessSpec {
  const logFile = join(directory, `${name}.log`);
  return { name, command: process.execPath, args: ['-e', source], logFile, ipc: true, ready: async () => {} };
}

const message: ProcessSpec['ready'] = (child) => new Promise((resolve) => void child.once('message', () => resolve()));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
