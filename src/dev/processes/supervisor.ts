import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessSpec, type RunningProcess, startProcess } from './process.ts';

export interface SupervisorOptions {
  /** Told in one line about every death. */
  say: (line: string) => void;
  /** Called after a restart, with the process that took over. */
  onRestart?: (running: RunningProcess) => void;
  /** The wait after the first death; doubled at each further one, up to 30 s. */
  firstDelayMs?: number;
}

export interface Supervised {
  name: string;
  pid: number;
  stop(): Promise<void>;
}

const longestDelayMs = 30_000;

/** A process that ran this long was well: its next death is a first one again. */
const wellAfterMs = 60_000;

/** Starts a process and keeps it running until `stop`. Throws when the first start fails. */
export async function supervise(spec: ProcessSpec, options: SupervisorOptions): Promise<Supervised> {
  const stopping = new AbortController();
  let current = await startProcess(spec);
  const watch = keepRunning(spec, current, { ...options, signal: stopping.signal, take: (next) => (current = next) });
  return {
    name: spec.name,
    get pid() {
      return current.pid;
    },
    async stop() {
      stopping.abort();
      await current.stop();
      await watch;
    },
  };
}

interface Watch extends SupervisorOptions {
  signal: AbortSignal;
  take(next: RunningProcess): void;
}

async function keepRunning(spec: ProcessSpec, first: RunningProcess, watch: Watch): Promise<void> {
  const { firstDelayMs = 250, signal, onRestart, take } = watch;
  let running: RunningProcess | null = first;
  let delayMs = firstDelayMs;
  while (running) {
    const startedAt = Date.now();
    const how = await running.ended;
    if (signal.aborted) return;
    if (Date.now() - startedAt > wellAfterMs) delayMs = firstDelayMs;
    running = await startAgain(spec, `ended (${how})`, watch, delayMs);
    delayMs = Math.min(delayMs * 2, longestDelayMs);
    if (!running) return;
    take(running);
    onRestart?.(running);
  }
}

/** Tries until it runs. Null when it is to stop meanwhile. */
async function startAgain(spec: ProcessSpec, what: string, watch: Watch, delayMs: number): Promise<RunningProcess | null> {
  const { say, signal } = watch;
  say(`${spec.name} ${what}; starting it again in ${delayMs / 1000} s`);
  await delay(delayMs, undefined, { signal }).catch(() => {});
  if (signal.aborted) return null;
  const running = await startProcess(spec).catch(() => null);
  if (!running) return startAgain(spec, 'did not start', watch, Math.min(delayMs * 2, longestDelayMs));
  if (!signal.aborted) return running;
  await running.stop();
  return null;
}
