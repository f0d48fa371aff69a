import { setTimeout as delay } from 'node:timers/promises';

/** Starts one after the other, so many milliseconds apart, whether or not those before have ended. Ends with the last of them. */
export async function steadily(count: number, everyMs: number, start: (index: number) => Promise<unknown>): Promise<void> {
  const started: Promise<unknown>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    await delay(Math.max(0, startedAt + index * everyMs - performance.now()));
    started.push(start(index));
  }
  await Promise.all(started);
}
