import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessSpec, type RunningProcess, startProcess } from './process.ts';

export interface SupervisorOptions {
  /** Receives one line for each unexpected end. */
  say: (line: string) => void;
  /** Called after a restart with the new process. */
  onRestart?: (running: RunningProcess) => void;
  /** The delay of the first restart. It doubles with each further one, up to 30 s. */
  firstDelayMs?: number;
  /** After this run time the delay starts again at the first one. Default: a minute. */
  stableAfterMs?: number;
}

export interface Supervised {
  name: string;
  pid: number;
  stop(): Promise<void>;
}

const maxDelayMs = 30_000;

/** Starts a process and restarts it, with back-off, until `stop`. Throws when the first start fails. */
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
  const { firstDelayMs = 250, stableAfterMs = 60_000, signal, onRestart, take } = watch;
  let running: RunningProcess | null = first;
  let delayMs = firstDelayMs;
  while (running) {
    const startedAt = Date.now();
    const how = await running.ended;
    if (signal.aborted) return;
    if (Date.now() - startedAt > stableAfterMs) delayMs = firstDelayMs;
    running = await restart(spec, `ended (${how})`, watch, delayMs);
    delayMs = Math.min(delayMs * 2, maxDelayMs);
    if (!running) return;
    take(running);
    onRestart?.(running);
  }
}

/** Retries until the process runs. Null when the supervisor stops first. */
async function restart(spec: ProcessSpec, event: string, watch: Watch, delayMs: number): Promise<RunningProcess | null> {
  const { say, signal } = watch;
  say(`${spec.name} ${event}; restarting in ${delayMs / 1000} s`);
  await delay(delayMs, undefined, { signal }).catch(() => {});
  if (signal.aborted) return null;
  const running = await startProcess(spec).catch(() => null);
  if (!running) return restart(spec, 'did not start', watch, Math.min(delayMs * 2, maxDelayMs));
  if (!signal.aborted) return running;
  await running.stop();
  return null;
}
