import { z } from 'zod';
import type { RunningSandbox } from './core/sandbox.ts';
import { parseConfig } from './main-config.ts';
import { startSandboxes } from './start-sandboxes.ts';

/** Runs all sandboxes in one process. Prints one line of JSON when they are ready, or one sentence before it exits with status 1. */
async function main(): Promise<void> {
  const running = await startSandboxes(parseConfig(process.env, process.argv[2]));
  const stop = async () => {
    await Promise.all(running.map((sandbox) => sandbox.close()));
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(
    JSON.stringify({ ready: true, sandboxes: Object.fromEntries(running.map((sandbox) => [sandbox.id, describe(sandbox)])) }),
  );
}

/** The addresses of a sandbox, and the facts that a client of its API needs. */
function describe({ controlUrl, port, info }: RunningSandbox<object>): Record<string, unknown> {
  const { url, ...facts } = info();
  return { url, control: controlUrl, port, ...facts };
}

function toSentence(error: unknown): string {
  if (error instanceof z.ZodError) return `The configuration of the sandboxes is wrong:\n${z.prettifyError(error)}`;
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  console.error(toSentence(error));
  process.exit(1);
});
