import { withTimeout } from './with-timeout.ts';

interface Call {
  signal?: AbortSignal;
}

/**
 * Shares one reading among concurrent callers. While one is in flight, callers wait for the next: it starts after they called, and so
 * shows everything that was true before. It ignores their abort signals.
 */
export function shareNext<Result, Options extends Call>(
  read: (call: Omit<Options, 'signal'>) => Promise<Result>,
): (call?: Options) => Promise<Result> {
  let inFlight: Promise<unknown> = Promise.resolve();
  let next: Promise<Result> | null = null;

  async function readAfter(earlier: Promise<unknown>, call: Omit<Options, 'signal'>): Promise<Result> {
    await earlier.catch(() => {});
    next = null;
    const reading = read(call);
    inFlight = reading;
    return reading;
  }

  return (options) => {
    const { signal, ...call }: Call = options ?? {};
    // The rest has no signal, which is all that the type leaves out.
    next ??= readAfter(inFlight, call as Omit<Options, 'signal'>);
    return withTimeout(next, { signal });
  };
}
