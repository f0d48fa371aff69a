import { rm } from 'node:fs/promises';
import type { Stack } from './stack.ts';
import { stackPaths } from './stack-folder.ts';
import { writePrivateFile } from './stack-state.ts';

/** What scripts read instead of what people read. It is there while the stack is. */
export function writeUpFile(directory: string, stack: Stack): Promise<void> {
  return writePrivateFile(stackPaths(directory).upFile, toUpFile(stack));
}

export function removeUpFile(directory: string): Promise<void> {
  return rm(stackPaths(directory).upFile, { force: true });
}

function toUpFile({ api, temporal, temporalUi, database, apiKey, sandboxes, processes }: Stack) {
  const { gohighlevel, calltools, square, google } = sandboxes;
  return {
    urls: { api, docs: `${api}/docs`, temporalUi },
    temporal: { address: temporal, namespace: 'default' },
    database,
    apiKey,
    pids: Object.fromEntries(processes.map(({ name, pid }) => [name, pid])),
    sandboxes: {
      gohighlevel: pick(gohighlevel, ['url', 'control', 'token', 'locationId']),
      calltools: pick(calltools, ['url', 'control', 'token']),
      square: pick(square, ['url', 'control', 'token', 'merchantId', 'signatureKey']),
      google: pick(google, ['url', 'control', 'token', 'clientId', 'clientSecret', 'refreshToken', 'tokenUrl']),
    },
  };
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}
