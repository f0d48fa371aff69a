import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** How to run one process of the stack, and how to tell that it is ready. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Its output is appended to this file. */
  logFile: string;
  runAs?: { uid: number; gid: number };
  cwd?: string;
  stopSignal?: NodeJS.Signals;
  /** Detaches the process from the terminal, so that Ctrl-C does not reach it and the stack stops it in order. */
  detached?: boolean;
  /** Opens an IPC channel, for Accord's own Node processes: they end when it closes. */
  ipc?: boolean;
  /** Resolves when the process is ready. `signal` aborts when it has ended. */
  ready(process: ChildProcess, signal: AbortSignal): Promise<void>;
}

export interface RunningProcess {
  name: string;
  pid: number;
  /** Resolves with the cause of the end, "exit code 1" or "SIGKILL". Never rejects. */
  ended: Promise<string>;
  /** Sends the stop signal, and SIGKILL after `graceMs`. Resolves when the process has ended. */
  stop(graceMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a process and waits until it is ready. Throws an Error with the end of the log when the process ends first. */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const child = launch(spec);
  const ended = waitForEnd(child);
  const running = handle(spec, child, ended);
  const gone = new AbortController();
  ended.then(() => gone.abort());
  try {
    if (child.pid === undefined) await refuse(spec, await ended);
    await Promise.race([spec.ready(child, gone.signal), ended.then((how) => refuse(spec, how))]);
    return running;
  } catch (error) {
    await running.stop(2_000);
    throw error;
  }
}

function launch(spec: ProcessSpec): ChildProcess {
  const log = openSync(spec.logFile, 'a', 0o600);
  const child = spawnPrivately(spec, log);
  closeSync(log);
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

/** Only this user may read the files of the process: databases have people's data. A process inherits the umask of its start. */
function spawnPrivately(spec: ProcessSpec, log: number): ChildProcess {
  const umask = process.umask(0o077);
  try {
    return spawn(spec.command, spec.args, {
      stdio: spec.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      env: spec.env ?? process.env,
      detached: spec.detached ?? false,
      ...(spec.cwd && { cwd: spec.cwd }),
      ...spec.runAs,
    });
  } finally {
    process.umask(umask);
  }
}

const alive = new Set<ChildProcess>();

/** A forced exit leaves no process running. PostgreSQL takes SIGINT as its fast, orderly shutdown. */
process.once('exit', () => {
  for (const child of alive) child.kill('SIGINT');
});

/** `once` rejects when the program cannot be started; its message is then the cause of the end. */
function waitForEnd(child: ChildProcess): Promise<string> {
  return once(child, 'exit').then(
    ([code, signal]) => (signal ? String(signal) : `exit code ${code}`),
    (error: Error) => error.message,
  );
}

function handle(spec: ProcessSpec, child: ChildProcess, ended: Promise<string>): RunningProcess {
  return {
    name: spec.name,
    pid: child.pid ?? -1,
    ended,
    kill: (signal) => void child.kill(signal),
    async stop(graceMs = 20_000) {
      child.kill(spec.stopSignal ?? 'SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function refuse(spec: ProcessSpec, how: string): Promise<never> {
  const log = await readFile(spec.logFile, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-8).join('\n');
  throw new Error(`${spec.name} did not start (${how}); the end of ${spec.logFile}:\n${tail}`);
}
