import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProcessSpec } from './process.ts';

export interface NodeProcessOptions {
  name: string;
  /** A TypeScript file, relative to `src`. */
  script: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Waits for the first message of `process.send` by default. */
  ready?: ProcessSpec['ready'];
}

/** One of Accord's own Node processes. It ends when this process ends. */
export function nodeProcess({ name, script, args = [], env, logFile, ready = firstMessage }: NodeProcessOptions): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: ['--import', urlOf('dev/processes/exit-with-parent.ts').href, fileURLToPath(urlOf(script)), ...args],
    env,
    logFile,
    ipc: true,
    ready,
  };
}

async function firstMessage(child: ChildProcess): Promise<void> {
  await once(child, 'message');
}

function urlOf(script: string): URL {
  return new URL(`../../${script}`, import.meta.url);
}
