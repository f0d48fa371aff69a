/** What `promise` gives, unless the caller gives up first: the work goes on, for the others who wait for it. */
export async function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  // Whoever gives up leaves it behind, and it may fail all the same.
  promise.catch(() => {});
  signal?.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal?.reason);
  signal?.addEventListener('abort', giveUp, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal?.removeEventListener('abort', giveUp));
}
