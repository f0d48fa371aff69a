import { z } from 'zod';
import { startCallToolsSandbox } from './calltools/index.ts';
import type { RunningSandbox, SandboxOptions } from './core/sandbox.ts';
import { startGoHighLevelSandbox } from './gohighlevel/index.ts';
import { startGoogleSandbox } from './google/index.ts';
import { parseConfig, type SandboxesConfig } from './main-config.ts';
import { startSquareSandbox } from './square/index.ts';

type Start = (options: SandboxOptions<never>) => Promise<RunningSandbox<object>>;

/** Every sandbox there is; a further one is a further line. */
const starters: Record<keyof SandboxesConfig['sandboxes'], Start> = {
  gohighlevel: startGoHighLevelSandbox as Start,
  calltools: startCallToolsSandbox as Start,
  google: startGoogleSandbox as Start,
  square: startSquareSandbox as Start,
};

/** One process with all sandboxes: one JSON line when they are ready, one sentence and status 1 when they can't be. */
async function main(): Promise<void> {
  const running = await startAll(parseConfig(process.env, process.argv[2]));
  const stop = async () => {
    await Promise.all(running.map((sandbox) => sandbox.close()));
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(
    JSON.stringify({ ready: true, sandboxes: Object.fromEntries(running.map((sandbox) => [sandbox.name, describe(sandbox)])) }),
  );
}

async function startAll({ host, dataDirectory, sandboxes }: SandboxesConfig): Promise<RunningSandbox<object>[]> {
  const running: RunningSandbox<object>[] = [];
  for (const [name, options] of Object.entries(sandboxes)) {
    if (!options) continue;
    const directory = dataDirectory === undefined ? {} : { dataDirectory: `${dataDirectory}/${name}` };
    running.push(await starters[name as keyof typeof starters]({ host, ...directory, ...options } as SandboxOptions<never>));
  }
  return running;
}

/** `url` is the root of the vendor's API; what a service must be configured with stands beside it. */
function describe(sandbox: RunningSandbox<object>): Record<string, unknown> {
  const { apiPath = '', ...info } = sandbox.info();
  return { url: `${sandbox.url}${apiPath}`, control: sandbox.controlUrl, port: sandbox.port, ...info };
}

function toSentence(error: unknown): string {
  if (error instanceof z.ZodError) return `The sandboxes' configuration is wrong:\n${z.prettifyError(error)}`;
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  console.error(toSentence(error));
  process.exit(1);
});
