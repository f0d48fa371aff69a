export interface Deadline {
  readonly isOver: boolean;
  clear(): void;
}

/**
 * Calls `end` once when the time is over or the signal is aborted, whichever comes first. Unlike `AbortSignal.timeout`, it leaves no
 * timer behind: thousands of requests a second have one each.
 */
export function startDeadline(seconds: number, signal: AbortSignal | undefined, end: () => void): Deadline {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    end();
  }, seconds * 1000);
  signal?.addEventListener('abort', end, { once: true });
  return {
    get isOver() {
      return isOver;
    },
    clear() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}
