import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a check passes, asking again and again. `signal` gives up early, with its own reason.
 * Throws an Error that names what was waited for, and what the check said last.
 */
export async function waitUntil(
  what: string,
  check: () => Promise<unknown>,
  { timeoutMs = 30_000, everyMs = 40, signal }: { timeoutMs?: number; everyMs?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    try {
      await check();
      return;
    } catch (error) {
      last = error;
    }
    await delay(everyMs);
  }
  signal?.throwIfAborted();
  const why = last instanceof Error ? last.message : String(last);
  throw new Error(`${what} did not come within ${timeoutMs / 1000} seconds: ${why}`, { cause: last });
}
