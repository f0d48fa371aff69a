import { type Supervised, type SupervisorOptions, supervise } from '#dev/processes/supervisor.ts';
import type { SandboxAccounts } from './sandboxes.ts';
import { type StackAddresses, stackEnvironment } from './stack-environment.ts';
import { type PartContext, startAccordProcess, startDatabase, startSandboxes, startTemporal } from './stack-parts.ts';

export interface StackOptions extends Omit<PartContext, 'launch'>, Pick<SupervisorOptions, 'stableAfterMs'> {
  /** Overrides for the environment of the worker and the API. A blank variable counts as unset. */
  env?: NodeJS.ProcessEnv;
  /** Fills the sandboxes while the worker and the API start. */
  fill(sandboxes: SandboxAccounts): Promise<void>;
  /** Called when a part is ready, with the milliseconds since the start. */
  started(part: { name: string; detail: string; ms: number }): void;
  /** Called when a process has started or restarted: process ids have changed. */
  onProcess(processes: readonly Supervised[]): void;
}

export interface Stack extends StackAddresses {
  sandboxes: SandboxAccounts;
  apiKey: string;
  processes: readonly Supervised[];
  /** Stops the API first and the stores last. */
  stop(): Promise<void>;
}

/** Starts the whole stack on this machine, in parallel where possible. Stops the started parts and throws when one fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const processes: Supervised[] = [];
  const context = { ...options, launch: launcher(processes, options) };
  try {
    return await startParts(context, processes);
  } catch (error) {
    await stopInOrder(processes);
    throw error;
  }
}

async function startParts(context: StackOptions & PartContext, processes: Supervised[]): Promise<Stack> {
  const { ports, encryptionKey } = context.state;
  const report = reporter(context);
  const [{ database, apiKey }, , { sandboxes }] = await allOf([
    report('PostgreSQL', startDatabase(context)),
    report('Temporal', startTemporal(context)),
    report('Sandboxes', startSandboxes(context)),
  ]);
  const addresses = {
    api: `http://127.0.0.1:${ports.api}`,
    database,
    temporal: `127.0.0.1:${ports.temporal}`,
    temporalUi: `http://127.0.0.1:${ports.temporalUi}`,
  };
  const env = { ...stackEnvironment(addresses, sandboxes, encryptionKey, undefined, context.isConnected), ...context.env };
  await allOf([
    report('Worker', startAccordProcess('worker', env, context)),
    report('API', startAccordProcess('api', env, context)),
    context.fill(sandboxes),
  ]);
  return { ...addresses, sandboxes, apiKey, processes, stop: () => stopInOrder(processes) };
}

/** Returns a function that waits for a part and reports when it is ready. */
function reporter({ started }: StackOptions) {
  const startedAt = performance.now();
  return async <T extends { detail: string }>(name: string, starting: Promise<T>): Promise<T> => {
    const part = await starting;
    started({ name, detail: part.detail, ms: performance.now() - startedAt });
    return part;
  };
}

/** Processes are detached from the terminal, so that Ctrl-C stops them in `stopOrder` instead of all at once. */
function launcher(processes: Supervised[], options: StackOptions): PartContext['launch'] {
  return async (spec) => {
    const onRestart = () => options.onProcess(processes);
    processes.push(await supervise({ ...spec, detached: true }, { ...options, onRestart }));
    options.onProcess(processes);
  };
}

const stopOrder = [['api'], ['worker'], ['sandboxes'], ['temporal', 'postgres']];

async function stopInOrder(processes: readonly Supervised[]): Promise<void> {
  for (const names of stopOrder) {
    const next = processes.filter(({ name }) => names.includes(name));
    await Promise.all(next.map((supervised) => supervised.stop()));
  }
}

/** Like `Promise.all`, but waits for all promises before it throws: no part is left half started. */
async function allOf<T extends readonly Promise<unknown>[]>(work: [...T]): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
