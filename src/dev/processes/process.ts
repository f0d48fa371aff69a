import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** How to run one process of the stack, and how to know that it is up. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** All that it prints is appended here. */
  logFile: string;
  runAs?: { uid: number; gid: number };
  cwd?: string;
  stopSignal?: NodeJS.Signals;
  /** Out of reach of the terminal's Ctrl-C, so that whoever started it stops it in order. */
  detached?: boolean;
  /** With an IPC channel: for our own Node processes, which end when it closes. */
  ipc?: boolean;
  /** Resolves when it serves. `signal` aborts when the process has ended. */
  ready(process: ChildProcess, signal: AbortSignal): Promise<void>;
}

export interface RunningProcess {
  name: string;
  pid: number;
  /** Resolves, never rejects, with how it ended: "exit code 1", "SIGKILL". */
  ended: Promise<string>;
  /** Asks it to end, and kills it when it has not after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a process and waits until it is ready. Throws an Error with the end of its log when it ends before that. */
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
  const child = spawn(spec.command, spec.args, {
    stdio: spec.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    env: spec.env ?? process.env,
    detached: spec.detached ?? false,
    ...(spec.cwd && { cwd: spec.cwd }),
    ...spec.runAs,
  });
  closeSync(log);
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

const alive = new Set<ChildProcess>();

/** Whoever leaves in a hurry leaves nothing running. SIGINT is what a database takes for "now, and in order". */
process.once('exit', () => {
  for (const child of alive) child.kill('SIGINT');
});

/** `once` rejects when the program could not be started at all; the message then says why. */
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
