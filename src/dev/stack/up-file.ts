import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { Sandbox, SandboxAddress } from '#sandbox/core/define-sandbox.ts';
import { builtIn } from './integrations.ts';
import type { Stack } from './stack.ts';
import { stackPaths } from './stack-folder.ts';
import { writePrivateFile } from './stack-state.ts';

/** Writes `up.json`: the addresses, keys and process ids of a running stack, for scripts. It exists while the stack runs. */
export function writeUpFile(directory: string, stack: Stack): Promise<void> {
  return writePrivateFile(stackPaths(directory).upFile, toUpFile(stack));
}

const accessSchema = z.object({ urls: z.object({ api: z.string() }), apiKey: z.string() });

/** The api of the stack that runs in the folder, and a key for it; null while none runs there. */
export async function readUpFile(directory: string): Promise<z.output<typeof accessSchema> | null> {
  const text = await readFile(stackPaths(directory).upFile, 'utf8').catch(() => null);
  return text === null ? null : accessSchema.parse(JSON.parse(text));
}

/** Removes `up.json` when the stack stops. */
export function removeUpFile(directory: string): Promise<void> {
  return rm(stackPaths(directory).upFile, { force: true });
}

/** The content of `up.json`. */
export function toUpFile(
  { api, temporal, temporalUi, database, apiKey, sandboxes: accounts, processes }: Omit<Stack, 'stop'>,
  { sandboxes } = builtIn,
) {
  return {
    urls: { api, admin: `${api}/admin`, docs: `${api}/docs`, temporalUi },
    temporal: { address: temporal, namespace: 'default' },
    database,
    apiKey,
    pids: Object.fromEntries(processes.map(({ name, pid }) => [name, pid])),
    sandboxes: Object.fromEntries(sandboxes.map((sandbox) => [sandbox.id, publishedFacts(sandbox, accounts)])),
  };
}

function publishedFacts({ id, published }: Sandbox, accounts: Readonly<Record<string, SandboxAddress>>): object {
  const facts = new Map(Object.entries(accounts[id] ?? {}));
  return Object.fromEntries(['url', 'control', ...published].map((key) => [key, facts.get(key)]));
}
