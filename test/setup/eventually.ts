import { setTimeout as delay } from 'node:timers/promises';

/** Asks again until it holds: waits for the thing, not for a time. Throws what it threw last when it never held. */
export async function eventually<T>(assertion: () => T | Promise<T>, timeoutMs = 30_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(20);
    }
  }
}
