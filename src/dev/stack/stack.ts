import { type Supervised, supervise } from '#dev/processes/supervisor.ts';
import type { SandboxAccounts } from './sandboxes.ts';
import { type StackAddresses, stackEnvironment } from './stack-environment.ts';
import { type PartContext, startDatabase, startOurs, startSandboxes, startTemporal } from './stack-parts.ts';

export interface StackOptions extends Omit<PartContext, 'launch'> {
  /** Laid over the environment of worker and api. A blank variable is as good as none. */
  env?: NodeJS.ProcessEnv;
  /** Fills the sandboxes while worker and API start. */
  fill(sandboxes: SandboxAccounts): Promise<void>;
  /** Told when a part is up, and how long after the start. */
  started(part: { name: string; detail: string; ms: number }): void;
  /** Told whenever there are processes with new pids. */
  onProcess(processes: readonly Supervised[]): void;
}

export interface Stack extends StackAddresses {
  sandboxes: SandboxAccounts;
  apiKey: string;
  processes: readonly Supervised[];
  /** Intake first, stores last. */
  stop(): Promise<void>;
}

/** Starts everything on this machine, in parallel where it can be. When a part fails, what has started is stopped again. */
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
  const tell = teller(context);
  const [{ database, apiKey }, , { sandboxes }] = await allOf([
    tell('PostgreSQL', startDatabase(context)),
    tell('Temporal', startTemporal(context)),
    tell('Sandboxes', startSandboxes(context)),
  ]);
  const addresses = {
    api: `http://127.0.0.1:${ports.api}`,
    database,
    temporal: `127.0.0.1:${ports.temporal}`,
    temporalUi: `http://127.0.0.1:${ports.temporalUi}`,
  };
  const env = { ...stackEnvironment(addresses, sandboxes, encryptionKey), ...context.env };
  await allOf([
    tell('Worker', startOurs('worker', env, context)),
    tell('API', startOurs('api', env, context)),
    context.fill(sandboxes),
  ]);
  return { ...addresses, sandboxes, apiKey, processes, stop: () => stopInOrder(processes) };
}

/** Waits for a part, and tells when it is up and after how long. */
function teller({ started }: StackOptions) {
  const startedAt = performance.now();
  return async <T extends { detail: string }>(name: string, starting: Promise<T>): Promise<T> => {
    const part = await starting;
    started({ name, detail: part.detail, ms: performance.now() - startedAt });
    return part;
  };
}

/** Out of the terminal's reach, so that Ctrl-C ends them in our order and not all at once. */
function launcher(processes: Supervised[], { say, onProcess }: StackOptions): PartContext['launch'] {
  return async (spec) => {
    const onRestart = () => onProcess(processes);
    processes.push(await supervise({ ...spec, detached: true }, { say, onRestart }));
    onProcess(processes);
  };
}

const stopOrder = [['api'], ['worker'], ['sandboxes'], ['temporal', 'postgres']];

async function stopInOrder(processes: readonly Supervised[]): Promise<void> {
  for (const names of stopOrder) {
    const those = processes.filter(({ name }) => names.includes(name));
    await Promise.all(those.map((supervised) => supervised.stop()));
  }
}

/** Like `Promise.all`, but leaves nothing half started behind: it waits for all before it throws. */
async function allOf<T extends readonly Promise<unknown>[]>(work: [...T]): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
