import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from './errors.ts';

/**
 * Retries a check until it passes. `goal` names the condition in the timeout's message: "Timed out after 30 s waiting for <goal>".
 * Throws that Error with the check's last error, or the reason of `signal` when it aborts.
 */
export async function waitUntil(
  goal: string,
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
  throw new Error(`Timed out after ${timeoutMs / 1000} s waiting for ${goal}: ${messageOf(last)}`, { cause: last });
}
