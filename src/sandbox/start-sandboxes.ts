import type { Sandbox } from './core/define-sandbox.ts';
import type { RunningSandbox } from './core/sandbox.ts';
import { sandboxes as builtIn } from './index.ts';
import type { SandboxesConfig } from './main-config.ts';

/** Starts every sandbox that the configuration does not set to null. Rejects with one sentence when one cannot start. */
export async function startSandboxes(
  { host, dataDirectory, sandboxes: config }: SandboxesConfig,
  sandboxes: readonly Sandbox[] = builtIn,
): Promise<RunningSandbox<object>[]> {
  const running: RunningSandbox<object>[] = [];
  for (const sandbox of sandboxes) {
    const options = config[sandbox.id];
    if (!options) continue;
    const directory = dataDirectory === undefined ? {} : { dataDirectory: `${dataDirectory}/${sandbox.id}` };
    running.push(await sandbox.start({ host, ...directory, ...options }));
  }
  return running;
}
