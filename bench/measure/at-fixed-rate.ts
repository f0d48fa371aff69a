import { setTimeout as delay } from 'node:timers/promises';

/** Calls `start` every `everyMs`, without waiting for earlier calls to end. Resolves when all have ended. */
export async function atFixedRate(count: number, everyMs: number, start: (index: number) => Promise<unknown>): Promise<void> {
  const started: Promise<unknown>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    await delay(Math.max(0, startedAt + index * everyMs - performance.now()));
    started.push(start(index));
  }
  await Promise.all(started);
}
