import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Figure } from '#bench/measure/figure.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { removePostgresData } from '#dev/postgres/embedded-postgres.ts';
import { stackPaths } from '#dev/stack/stack-folder.ts';

const accord = fileURLToPath(new URL('../../src/cli/accord.ts', import.meta.url));

/** From `npm start` until it shows the first live change: once with an empty folder, and once with the first start's data. */
export async function firstSync(_bench: Bench): Promise<Figure> {
  const directory = await mkdtemp(join(tmpdir(), 'accord-first-'));
  try {
    const first = await secondsToLiveChange(directory);
    const second = await secondsToLiveChange(directory);
    return {
      title: 'From `npm start` to the first live sync shown',
      rows: [
        { label: 'first start', ours: first, unit: 's', goal: { max: 30 } },
        { label: 'second start', ours: second, unit: 's', goal: { max: 10 } },
      ],
      notes: ['beside the idle stack of this benchmark, with the temporal executable in the cache'],
    };
  } finally {
    await removePostgresData(stackPaths(directory).postgres);
    await rm(directory, { recursive: true, force: true });
  }
}

async function secondsToLiveChange(directory: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [accord, 'up', '--exit', '--data', directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGTERM'), 120_000);
  let seconds: number | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    // The first edit with an arrival: "→ Square 120 ms".
    if (/→.* \d+ ms/.test(line)) seconds ??= (performance.now() - startedAt) / 1_000;
  }
  const [code] = await ended;
  clearTimeout(timer);
  if (code !== 0 || seconds === null) throw new Error(`accord up ended with ${code} and showed no live change`);
  return seconds;
}
